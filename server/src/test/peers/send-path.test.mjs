// Each way in which datagrams may leave, with a real peer behind it: rtc.udp_send.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { everybodyDecodesEverybody } from './lib/browser.mjs';
import { freePort, get, skipUnless, skipUnlessServing, startServer } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const skip = skipUnlessServing || skipUnless(!native.problem, `no rtc-node here: ${native.problem}`);

describe('Media leaves', { skip }, () => {
  after(() => native.dispose?.());

  for (const path of ['segments', 'sendmmsg', 'portable']) {
    it(`by ${path}, encrypted, both ways`, async () => {
      const metricsPort = await freePort();
      const target = await startServer({ rtc: `udp_send: ${path}`, config: `prometheus_port: ${metricsPort}` });
      const peers = ['rob', 'ria'].map((identity) => new native.NativePeer(identity));
      try {
        const room = freshRoom(`send-${path}`);
        for (const peer of peers) {
          await peer.join({ room, of: target, e2ee: 'correct horse' });
          await peer.publishVideo({ color: peer.identity === 'rob' ? '#d02020' : '#2020d0' });
          await peer.publishAudio();
        }
        await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
        const { text } = await get(`http://127.0.0.1:${metricsPort}/metrics`);
        assert.match(text, new RegExp(`^tributary_udp_send_path{[^}]*path="${path}"[^}]*} 1`, 'm'));
      } finally {
        await Promise.all(peers.map((peer) => peer.close()));
        await target.stop();
      }
    });
  }
});
