// A hundred participants in one room, by signalling alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshRoom } from './lib/token.mjs';
import { microphone, SignalClient } from './lib/signal.mjs';
import { until } from './lib/wait.mjs';

const limitBytes = 128 * 1024;

describe('A room of a hundred', () => {
  for (const path of ['/rtc/v1', '/rtc']) {
    it(`shows everybody the 99 others on ${path}, in messages of at most 128 KiB`, async () => {
      const room = freshRoom('hundred');
      const clients = [];
      try {
        for (let wave = 0; wave < 10; wave++) {
          clients.push(
            ...(await Promise.all(
              Array.from({ length: 10 }, (_, i) =>
                SignalClient.join({
                  path,
                  room,
                  identity: `guest-${wave}${i}`,
                  claims: { name: `Guest ${wave}${i}`, metadata: 'm'.repeat(900) },
                }),
              ),
            )),
          );
        }
        const everybody = clients.map((c) => c.identity);
        for (const client of clients) {
          await until(
            `${client.identity} knows all`,
            () => everybody.every((identity) => identity === client.identity || client.participant(identity)),
            { timeoutMillis: 15_000 },
          );
        }
        const last = await SignalClient.join({ path, room, identity: 'last' });
        clients.push(last);
        assert.equal(last.joined.otherParticipants.length, 100);
        clients[0].send('addTrack', microphone('cid'));
        await clients[0].next('trackPublished');
        for (const client of clients) {
          for (const message of client.messages) {
            if (message.case === 'update') assert.ok(message.bytes <= limitBytes, `an update of ${message.bytes} bytes`);
          }
          assert.ok(client.messages[0].bytes <= limitBytes, `a join of ${client.messages[0].bytes} bytes`);
        }
        await Promise.all(clients.splice(0, 50).map((client) => client.leave()));
        await until('half are gone', () => everybody.slice(0, 50).every((identity) => last.participant(identity).state === 3), { timeoutMillis: 15_000 });
      } finally {
        await Promise.all(clients.map((client) => client.leave()));
      }
    });
  }
});
