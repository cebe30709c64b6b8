// Firefox with Chromium, both directions, VP8 and Opus, encrypted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, launchFirefox, PagePeer, skipUnlessFirefox } from './lib/browser.mjs';
import { freshRoom } from './lib/token.mjs';

describe('Firefox', { skip: skipUnlessFirefox }, () => {
  for (const [path, options] of [['one PeerConnection', {}], ['two PeerConnections', { singlePeerConnection: false }]]) {
    it(`sees and hears Chromium, and the other way round, over ${path}`, async () => {
      const room = freshRoom('fox');
      const [firefox, chromium] = [await launchFirefox(), await launchChromium()];
      try {
        const fay = await PagePeer.open(firefox, 'fay');
        const ann = await PagePeer.open(chromium, 'ann');
        for (const peer of [fay, ann]) {
          await peer.join({ room, e2ee: 'correct horse', options });
          await peer.call('publishVideo', { width: 320, height: 180, color: peer === fay ? '#d02020' : '#2020d0' });
          await peer.call('publishAudio');
        }
        await everybodyDecodesEverybody([fay, ann], { timeoutMillis: 20_000 });
        for (const peer of [fay, ann]) {
          assert.deepEqual(await peer.events('encryptionError'), []);
          assert.deepEqual(peer.errors, []);
        }
      } finally {
        await firefox.close();
        await chromium.close();
      }
    });
  }
});
