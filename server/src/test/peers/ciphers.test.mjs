// Each library that may encrypt media, with a real peer at the other end of it: rtc.srtp_ciphers.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { everybodyDecodesEverybody } from './lib/browser.mjs';
import { freePort, get, skipUnless, skipUnlessServing, startServer } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const skip = skipUnlessServing || skipUnless(!native.problem, `no rtc-node here: ${native.problem}`);

// There is none for other processors.
const providers = process.arch === 'x64' ? ['openssl', 'jdk', 'ipsec-mb'] : ['openssl', 'jdk'];

describe('Media is encrypted', { skip }, () => {
  after(() => native.dispose?.());

  for (const provider of providers) {
    it(`by ${provider}, both ways`, async (test) => {
      const metricsPort = await freePort();
      const target = await startServer({
        rtc: `srtp_ciphers: ${provider}`,
        config: `prometheus_port: ${metricsPort}`,
      });
      const peers = ['rob', 'ria'].map((identity) => new native.NativePeer(identity));
      try {
        const { text } = await get(`http://127.0.0.1:${metricsPort}/metrics`);
        const chosen = text.match(/^tributary_srtp_provider_info{[^}]*provider="([^"]*)"/m)?.[1];
        if (chosen !== provider && process.env.CI !== 'true') {
          test.skip(`no ${provider} here`);
          return;
        }
        assert.equal(chosen, provider);
        const room = freshRoom(`ciphers-${provider}`);
        for (const peer of peers) {
          await peer.join({ room, of: target });
          await peer.publishVideo({ color: peer.identity === 'rob' ? '#d02020' : '#2020d0' });
          await peer.publishAudio();
        }
        await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
      } finally {
        await Promise.all(peers.map((peer) => peer.close()));
        await target.stop();
      }
    });
  }
});
