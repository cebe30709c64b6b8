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
  /** Ten more frames of this kind went through our code than now, and `accept` is true of the last. */
  async function more(what, identity, codec, accept = () => true) {
    const before = frames.of(identity, codec).frames;
    return until(what, () => {
      const now = frames.of(identity, codec);
      if (now.frames < before + 10 || !accept(now)) throw new Error(JSON.stringify(now));
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
      assert.ok(frames.of('own', 'opus').frames > 0 && frames.of('own', codec).frames > 0, 'ours were encrypted by our code');
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

  it('follow livekit-client through ratchets and key indices, and are followed', () => call(async (room) => {
    const keys = [{ of: 'our', passphrase: SECRET }, { of: 'ann', passphrase: SECRET }];
    for (const of of [undefined, 'ann']) await frames.key({ of, passphrase: SECRET });
    const our = await ours({ room, e2ee: SECRET });
    const ann = await page('ann', { room, keys });
    await Promise.all([our, ann].flatMap((peer) => [peer.call('publishVideo', small), peer.call('publishAudio')]));
    await everybodyDecodesEverybody([our, ann], { timeoutMillis: 25_000 });

    const ratcheted = (identity, times) =>
      ann.when(`${times} ratchets of ${identity}`, ({ identity, times }) =>
        harness.events.filter((e) => e.name === 'ratcheted' && e.identity === identity).length >= times, { identity, times });
    for (const times of [1, 2, 3]) {
      await ann.call('ratchet', 'ann', 0);
      await ratcheted('ann', times);
    }
    await Promise.all(['opus', 'vp8'].map((codec) => more('three steps on', 'ann', codec, (last) => last.step === 3)));
    // livekit-client tries one step, however large its window is.
    for (const times of [1, 2]) {
      assert.equal((await frames.ratchet()).step, times);
      await ratcheted('our', times);
      await ann.decodesVideo('our', { frames: 10 });
    }

    await frames.key({ of: 'ann', index: 5, passphrase: 'second' });
    await ann.call('setKey', { of: 'ann', index: 5, passphrase: 'second' });
    await Promise.all(['opus', 'vp8'].map((codec) => more('the key at 5', 'ann', codec, (last) => last.keyIndex === 5 && last.step === 0)));
    await ann.call('setKey', { of: 'our', index: 9, passphrase: 'third' });
    await frames.key({ index: 9, passphrase: 'third' });
    await more('the key at 9', 'own', 'vp8', (last) => last.keyIndex === 9);
    await everybodyDecodesEverybody([our, ann]);

    // Keys that the other was not given.
    await ann.call('setKey', { of: 'ann', index: 6, passphrase: 'fourth' });
    await frames.key({ index: 10, passphrase: 'fifth' });
    await until('no key of ann', () => frames.of('ann', 'opus').refused.UNKNOWN_KEY > 10 && frames.of('ann', 'vp8').refused.UNKNOWN_KEY > 0);
    for (const kind of ['encryptionError', 'cryptor']) {
      await ann.when(`no key of ours: ${kind}`, (name) => harness.events.some((e) => e.name === name && /missing key at index 10/.test(e.message)), kind);
    }
  }));

  it('follow the Rust SDK through ratchets and key indices, and are followed', () => call(async (room) => {
    for (const of of [undefined, 'rob']) await frames.key({ of, passphrase: SECRET });
    const [our, rob] = [await ours({ room, e2ee: SECRET }), await rust({ room, e2ee: SECRET })];
    await Promise.all([our.call('publishVideo', small), our.call('publishAudio'), rob.publishVideo(), rob.publishAudio()]);
    await everybodyDecodesEverybody([our, rob], { timeoutMillis: 25_000 });

    for (const step of [1, 2, 3]) assert.equal((await frames.ratchet()).step, step);
    await Promise.all([rob.decodesVideo('our', { frames: 10 }), rob.hears('our')]);
    for (let i = 0; i < 2; i++) rob.ratchet();
    await Promise.all(['opus', 'vp8'].map((codec) => more('two steps on', 'rob', codec, (last) => last.step === 2)));

    await frames.key({ of: 'rob', index: 2, passphrase: 'second' });
    rob.setKey('second', 2);
    await Promise.all(['opus', 'vp8'].map((codec) => more('the key at 2', 'rob', codec, (last) => last.keyIndex === 2)));
    await frames.key({ index: 2, passphrase: 'second' });
    await more('the key at 2', 'own', 'vp8', (last) => last.keyIndex === 2);
    await everybodyDecodesEverybody([our, rob]);
  }));

  it('stay closed to a wrong key, both ways, until it is the right one', () => call(async (room) => {
    for (const of of [undefined, 'ann', 'rob']) await frames.key({ of, passphrase: 'battery staple' });
    const [our, ann, rob] = [await ours({ room, e2ee: SECRET }), await page('ann', { room, e2ee: SECRET }), await rust({ room, e2ee: SECRET, ratchetWindowSize: 0 })];
    await Promise.all([
      our.call('publishVideo', small), our.call('publishAudio'),
      ann.call('publishVideo', small), ann.call('publishAudio'),
      rob.publishVideo(), rob.publishAudio(),
    ]);
    await Promise.all([everybodyDecodesEverybody([ann, rob], { timeoutMillis: 25_000 }), ann.when('packets of ours', async () => {
      const { our } = await harness.received();
      return our?.camera?.packets > 20 && our.microphone?.packets > 60 && harness.events.some((e) => e.name === 'encryptionError');
    })]);
    const kinds = ['ann', 'rob'].flatMap((identity) => ['opus', 'vp8'].map((codec) => [identity, codec]));
    for (const [identity, codec] of kinds) {
      await until(`refused ${codec} of ${identity}`, () => Object.keys(frames.of(identity, codec).refused).length > 0);
      assert.equal(frames.of(identity, codec).frames, 0, `${codec} of ${identity}`);
    }
    const { our: seen } = await ann.call('received');
    assert.equal(seen.camera.framesDecoded ?? 0, 0);
    assert.ok((seen.microphone.energy ?? 0) < 0.0001, `energy ${seen.microphone.energy}`);
    const heard = rob.received.get('our');
    assert.equal(heard.get('camera')?.frames ?? 0, 0);
    assert.ok((heard.get('microphone')?.energy ?? 0) < 1, `energy ${heard.get('microphone')?.energy}`);

    for (const of of [undefined, 'ann', 'rob']) await frames.key({ of, passphrase: SECRET });
    await everybodyDecodesEverybody([our, ann, rob], { timeoutMillis: 20_000 });
  }));
});
