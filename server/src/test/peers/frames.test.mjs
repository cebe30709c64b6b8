// LiveKit's encrypted frames on the wire, between clients whose cryptography is not the same: livekit-client's worker in
// Chromium, the Rust SDK, and ours. The one in the middle of it is a livekit-client too, but `tributary frames pipe`
// encrypts and decrypts its frames (lib/frames.mjs).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { Frames } from './lib/frames.mjs';
import { skipUnless, skipUnlessServing } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';
import { until } from './lib/wait.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const skip = skipUnlessServing || skipUnlessChromium || skipUnless(!native.problem, `no rtc-node here: ${native.problem}`);
const SECRET = 'correct horse';
const small = { width: 320, height: 180 };

describe('Frames of our own and of others', { skip }, () => {
  let browser;
  let frames;
  let peers;

  before(async () => {
    browser = await launchChromium();
  });
  after(async () => {
    native.dispose?.();
    await browser?.close();
  });

  /** ann, whose frames livekit-client encrypts; rob of the Rust SDK; and our, who is ours. */
  async function call(body) {
    frames = await Frames.start();
    peers = [];
    try {
      await body(freshRoom('frames'));
      assert.deepEqual(frames.problems, []);
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
      await frames.stop();
    }
  }
  async function page(identity, options) {
    const peer = await PagePeer.open(browser, identity);
    peers.push(peer);
    await peer.join(options);
    return peer;
  }
  const ours = (options) => page('our', { ...options, worker: frames.worker });
  async function rust(options) {
    const peer = new native.NativePeer('rob');
    peers.push(peer);
    await peer.join(options);
    return peer;
  }
  /** Twenty more frames of this kind went through our code than now, and `accept` is true of the last. */
  async function more(what, identity, codec, accept = () => true) {
    const before = frames.of(identity, codec).frames;
    return until(what, () => {
      const now = frames.of(identity, codec);
      if (now.frames < before + 20 || !accept(now)) throw new Error(JSON.stringify(now));
      return now;
    }, { timeoutMillis: 15_000 });
  }

  for (const codec of ['vp8', 'h264', 'vp9']) {
    it(`are decrypted each by the others: Opus and ${codec}`, () => call(async (room) => {
      for (const of of [undefined, 'ann', 'rob']) await frames.key({ of, passphrase: SECRET });
      const [our, ann, rob] = [await ours({ room, e2ee: SECRET }), await page('ann', { room, e2ee: SECRET }), await rust({ room, e2ee: SECRET })];
      await Promise.all([
        our.call('publishVideo', { ...small, codec }), our.call('publishAudio'),
        ann.call('publishVideo', { ...small, codec }), ann.call('publishAudio'),
        rob.publishVideo({ codec }), rob.publishAudio(),
      ]);
      await everybodyDecodesEverybody([our, ann, rob], { timeoutMillis: 25_000 });
      for (const identity of ['ann', 'rob']) {
        assert.equal((await our.call('received'))[identity].camera.codec, `video/${codec.toUpperCase()}`);
        for (const kind of ['opus', codec]) {
          const { frames: count, refused } = frames.of(identity, kind);
          assert.ok(count > 0, `${kind} of ${identity}`);
          assert.deepEqual(refused, {}, `${kind} of ${identity}`);
        }
      }
      assert.equal((await ann.call('received')).our.camera.codec, `video/${codec.toUpperCase()}`);
      assert.deepEqual(await ann.events('encryptionError'), []);
    }));
  }
});
