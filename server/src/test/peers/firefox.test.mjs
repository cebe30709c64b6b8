// Firefox with Chromium, both directions, VP8 and Opus, encrypted; and VP9, both directions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, launchFirefox, PagePeer, skipUnlessFirefox } from './lib/browser.mjs';
import { freshRoom } from './lib/token.mjs';

describe('Firefox', { skip: skipUnlessFirefox }, () => {
  /** Fay in Firefox and ann in Chromium, neither of whom may meet an error. */
  const together = (stem, body) => async () => {
    const [firefox, chromium] = [await launchFirefox(), await launchChromium()];
    try {
      const fay = await PagePeer.open(firefox, 'fay');
      const ann = await PagePeer.open(chromium, 'ann');
      await body({ fay, ann, room: freshRoom(stem) });
      for (const peer of [fay, ann]) {
        assert.deepEqual(await peer.events('encryptionError'), []);
        assert.deepEqual(peer.errors, []);
      }
    } finally {
      await firefox.close();
      await chromium.close();
    }
  };

  for (const [path, options] of [['one PeerConnection', {}], ['two PeerConnections', { singlePeerConnection: false }]]) {
    it(`sees and hears Chromium, and the other way round, over ${path}`, together('fox', async ({ fay, ann, room }) => {
      for (const peer of [fay, ann]) {
        await peer.join({ room, e2ee: 'correct horse', options });
        await peer.call('publishVideo', { width: 320, height: 180, color: peer === fay ? '#d02020' : '#2020d0' });
        await peer.call('publishAudio');
      }
      await everybodyDecodesEverybody([fay, ann], { timeoutMillis: 20_000 });
    }));
  }

  for (const { codec, publish, e2ee } of [
    { codec: 'vp9', publish: { width: 640, height: 360, fps: 10, scalabilityMode: 'L2T3' }, e2ee: 'k' },
    { codec: 'vp9', publish: { width: 960, height: 540, fps: 8, scalabilityMode: 'L3T3_KEY' } },
  ]) {
    // livekit-client publishes no VP9 from Firefox, and takes VP8 instead (bugzilla 1633876).
    it(`decodes ${codec} ${publish.scalabilityMode}${e2ee ? ', encrypted,' : ''} of Chromium across layers, and is seen when asked for ${codec}`, together('fox-codec', async ({ fay, ann, room }) => {
      for (const peer of [fay, ann]) await peer.join({ room, e2ee });
      await ann.call('publishVideo', { codec, ...publish });
      await fay.call('publishVideo', { codec, width: 320, height: 180, fps: 10 });
      await fay.decodesVideo('ann', { timeoutMillis: 30_000 });
      await ann.decodesVideo('fay', { timeoutMillis: 30_000 });
      assert.equal((await fay.call('received')).ann.camera.codec, `video/${codec.toUpperCase()}`);
      assert.equal((await ann.call('received')).fay.camera.codec, 'video/VP8');
      for (const [quality, share] of [[0, publish.width >= 960 ? 4 : 2], [2, 1]]) {
        await fay.call('quality', 'ann', quality);
        await fay.when(`${publish.width / share} wide`, async (w) => (await harness.received()).ann.camera.width === w, publish.width / share, 20_000);
        await fay.decodesVideo('ann');
      }
    }));
  }

  // livekit-client publishes VP9 but in Firefox, which it finds out from navigator.userAgent. Here it is told otherwise
  // where it asks for that, and nowhere else: offer, encoder and encryption are as in Firefox.
  for (const e2ee of [undefined, 'k']) {
    it(`publishes VP9${e2ee ? ', encrypted,' : ''} to Chromium`, together('fox-vp9', async ({ fay, ann, room }) => {
      for (const peer of [fay, ann]) await peer.join({ room, e2ee });
      await fay.evaluate(async (publish) => {
        const own = navigator.userAgent;
        const other = own.replace(/Gecko.*/, 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36');
        Object.defineProperty(navigator, 'userAgent', {
          get: () => (new Error().stack.includes('supportsVP9') ? other : own),
        });
        await harness.publishVideo(publish);
      }, { codec: 'vp9', scalabilityMode: 'L1T1', width: 320, height: 180, fps: 10, color: '#d02020' });
      await ann.decodesVideo('fay', { timeoutMillis: 30_000 });
      assert.equal((await fay.call('sent'))[0].codec, 'video/VP9');
      assert.equal((await ann.call('received')).fay.camera.codec, 'video/VP9');
      await ann.when('shows the red of fay', () => {
        const [red, green, blue] = harness.colorOf('fay') ?? [0, 0, 0];
        return red > 150 && green < 90 && blue < 90;
      });
    }));
  }
});
