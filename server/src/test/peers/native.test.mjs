// The Rust SDK (@livekit/rtc-node), end-to-end encrypted: among themselves and with Chromium.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { skipUnless, startServer } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const skip = skipUnless(!native.problem, `no rtc-node here: ${native.problem}`);

/** As on the wire. */
const CUSTOM = 2;

describe('The Rust SDK', { skip }, () => {
  after(() => native.dispose?.());

  it('sees and hears itself, encrypted, both ways', async () => {
    const room = freshRoom('rust');
    const peers = ['rob', 'ria'].map((identity) => new native.NativePeer(identity));
    try {
      for (const peer of peers) {
        await peer.join({ room, e2ee: 'correct horse' });
        await peer.publishVideo({ color: peer.identity === 'rob' ? '#d02020' : '#2020d0' });
        await peer.publishAudio();
        assert.match(peer.sid, /^PA_/);
      }
      await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
      const [r, , b] = await peers[1].colorOf('rob');
      assert.ok(r > b, `rob is red, not rgb(${r},?,${b})`);
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
    }
  });

  it('is forwarded, and no false alarm given, where it announces a scheme of its own', async () => {
    const strict = await startServer({ config: 'room:\n  require_e2ee: always\n' });
    const room = freshRoom('rust-custom');
    const [rob, ria] = ['rob', 'ria'].map((identity) => new native.NativePeer(identity));
    try {
      for (const peer of [rob, ria]) await peer.join({ room, of: strict, e2ee: 'correct horse', encryptionType: CUSTOM });
      await rob.publishVideo();
      await rob.publishAudio();
      // More frames than the check for plaintext looks at.
      await Promise.all([ria.decodesVideo('rob', { frames: 40, timeoutMillis: 30_000 }), ria.hears('rob')]);
      const [announced] = ria.room.remoteParticipants.get('rob').trackPublications.values();
      assert.equal(announced.encryptionType, CUSTOM);
    } finally {
      await Promise.all([rob.close(), ria.close()]);
      await strict.stop();
    }
  });

  it('decodes nothing with a wrong passphrase', async () => {
    const room = freshRoom('rust-wrong');
    const [rob, eve] = ['rob', 'eve'].map((identity) => new native.NativePeer(identity));
    try {
      await rob.join({ room, e2ee: 'correct horse' });
      await rob.publishVideo();
      await eve.join({ room, e2ee: 'battery staple' });
      const control = new native.NativePeer('control');
      await control.join({ room, e2ee: 'correct horse' });
      await control.decodesVideo('rob', { frames: 20 });
      await control.close();
      assert.equal(eve.received.get('rob')?.get('camera')?.frames ?? 0, 0);
    } finally {
      await Promise.all([rob.close(), eve.close()]);
    }
  });

  it('sees and hears Chromium, and the other way round, encrypted', { skip: skipUnlessChromium }, async () => {
    const room = freshRoom('rust-web');
    const browser = await launchChromium();
    const rob = new native.NativePeer('rob');
    try {
      const ann = await PagePeer.open(browser, 'ann');
      await rob.join({ room, e2ee: 'correct horse' });
      await rob.publishVideo({ color: '#d02020' });
      await rob.publishAudio();
      await ann.join({ room, e2ee: 'correct horse' });
      await ann.call('publishVideo', { width: 320, height: 180, color: '#2020d0' });
      await ann.call('publishAudio');
      await everybodyDecodesEverybody([rob, ann], { timeoutMillis: 20_000 });
      assert.deepEqual(await ann.events('encryptionError'), []);
      const [r, , b] = await rob.colorOf('ann');
      assert.ok(b > r, `ann is blue, not rgb(${r},?,${b})`);
      await rob.unpublish('camera');
      await ann.when('no camera of rob', () => !harness.room.remoteParticipants.get('rob').getTrackPublication('camera'));
      await rob.publishVideo({ color: '#20d020' });
      await ann.decodesVideo('rob');
      assert.deepEqual(await ann.events('encryptionError'), []);
    } finally {
      await rob.close();
      await browser.close();
    }
  });

  for (const codec of ['h264', 'vp9']) {
    it(`sends ${codec} to Chromium, and decodes Chromium's, encrypted`, { skip: skipUnlessChromium }, async () => {
      const room = freshRoom(`rust-${codec}`);
      const browser = await launchChromium();
      const rob = new native.NativePeer('rob');
      try {
        const ann = await PagePeer.open(browser, 'ann');
        await rob.join({ room, e2ee: 'correct horse' });
        await ann.join({ room, e2ee: 'correct horse' });
        await rob.publishVideo({ codec, color: '#d02020' });
        await ann.call('publishVideo', { codec, width: 320, height: 180, fps: 10, color: '#2020d0' });
        await everybodyDecodesEverybody([rob, ann], { timeoutMillis: 30_000, audio: false });
        assert.equal((await ann.call('received')).rob.camera.codec, `video/${codec.toUpperCase()}`);
        for (const layer of await ann.call('sent')) assert.equal(layer.codec, `video/${codec.toUpperCase()}`);
        const [r, , b] = await rob.colorOf('ann');
        assert.ok(b > r, `ann is blue, not rgb(${r},?,${b})`);
        assert.deepEqual(await ann.events('encryptionError'), []);
        assert.deepEqual(ann.errors, []);
      } finally {
        await rob.close();
        await browser.close();
      }
    });
  }
});
