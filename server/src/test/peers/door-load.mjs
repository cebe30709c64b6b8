// How many token requests a second the door answers: with verifications that it remembers, and with a real Synapse
// asked for each. Prints figures and judges nothing but that every request was answered with a token.
//
//   TRIBUTARY_SERVE=… node run.mjs door-load.mjs        TRIBUTARY_DOOR_SECONDS, TRIBUTARY_DOOR_REQUESTS to change it
import assert from 'node:assert/strict';
import http from 'node:http';
import { cpus, loadavg } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { startHomeservers } from './lib/homeservers.mjs';
import { synapse } from './lib/python.mjs';
import { httpUrl, skipUnless, skipUnlessServing, startServer } from './lib/server.mjs';

const problem = synapse.prepare();
const skip = skipUnlessServing || skipUnless(!problem, `no Synapse here: ${problem}`);

const SECONDS = Number(process.env.TRIBUTARY_DOOR_SECONDS ?? 10);
const VERIFIED_REQUESTS = Number(process.env.TRIBUTARY_DOOR_REQUESTS ?? 600);
const WARM_UP_SECONDS = 3;
const CONCURRENCY = 16;
const USERS = 8;

describe('Token requests', { skip }, () => {
  let homeservers;
  let server;
  let users;
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY });

  before(async () => {
    homeservers = await startHomeservers();
    users = await Promise.all(Array.from({ length: USERS }, (_, i) => homeservers.alpha.register(`user${i}`)));
    server = await startServer({
      config: (port) => `matrix:
  url: ws://127.0.0.1:${port}
  full_access_homeservers: ${homeservers.alpha.name}
  ca_file: ${homeservers.authority.certificate}
  allowed_networks: [10.99.0.0/24]
  limits: {source_per_minute: 0, user_per_minute: 0}
`,
    });
  });
  after(async () => {
    agent.destroy();
    await server?.stop();
    await homeservers?.stop();
  });

  const ask = (user, openid) =>
    new Promise((done, fail) => {
      const begun = performance.now();
      const body = JSON.stringify({
        room_id: `!${user.id}`,
        slot_id: 'm.call#ROOM',
        openid_token: openid,
        member: { id: 'member1', claimed_user_id: user.id, claimed_device_id: user.deviceId },
      });
      const request = http.request(`${httpUrl(server)}/get_token`, { method: 'POST', agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data)).on('end', () => {
          if (response.statusCode !== 200) fail(new Error(`${response.statusCode} ${text}`));
          else done(performance.now() - begun);
        });
      });
      request.on('error', fail);
      request.end(body);
    });

  /** Asks with `next()` until that is undefined, several at a time. */
  const measure = async (next) => {
    const millis = [];
    const begun = performance.now();
    await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
      for (let one = next(); one; one = next()) millis.push(await ask(...one));
    }));
    const seconds = (performance.now() - begun) / 1000;
    millis.sort((a, b) => a - b);
    const percentile = (share) => millis[Math.min(millis.length - 1, Math.floor(millis.length * share))].toFixed(1);
    return { count: millis.length, line: `${(millis.length / seconds).toFixed(0)} a second, p50 ${percentile(0.5)} ms,`
      + ` p99 ${percentile(0.99)} ms (${millis.length} requests, ${CONCURRENCY} at a time, ${seconds.toFixed(1)} s;`
      + ` ${cpus().length} cores for everybody, load average ${loadavg()[0].toFixed(2)})` };
  };

  const forSeconds = (seconds, one) => {
    const end = performance.now() + seconds * 1000;
    return () => (performance.now() < end ? one() : undefined);
  };

  it('whose verification is remembered', async () => {
    const openids = await Promise.all(users.map((user) => user.openIdToken()));
    let turn = 0;
    const one = () => {
      const i = turn++ % USERS;
      return [users[i], openids[i]];
    };
    await measure(forSeconds(WARM_UP_SECONDS, one));
    const { count, line } = await measure(forSeconds(SECONDS, one));
    console.log(`remembered: ${line}`);
    assert.ok(count > 0);
  });

  it('each of which Synapse verifies', async () => {
    const tokens = [];
    for (let i = 0; i < VERIFIED_REQUESTS; i += USERS) {
      tokens.push(...(await Promise.all(users.map(async (user) => [user, await user.openIdToken()]))));
    }
    const { count, line } = await measure(() => tokens.pop());
    console.log(`by Synapse: ${line}`);
    assert.ok(count >= VERIFIED_REQUESTS);
  });
});
