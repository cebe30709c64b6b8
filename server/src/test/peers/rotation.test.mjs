// A call in which everybody has a key of their own and changes it every two seconds, as Element Call does when people
// come and go, while layers switch, tracks are muted, and somebody joins late and leaves again.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { unlessStalled } from './lib/stalls.mjs';
import { freshRoom } from './lib/token.mjs';
import { pause, within } from './lib/wait.mjs';

const KEYRING_SIZE = 16;
const FIRST_INDEX = 12; // so that it wraps
const TICK_MILLIS = 1000;
const TICKS = 20;
const LOW = 0;
const MEDIUM = 1;
const simulcast = { width: 640, height: 360, fps: 12, simulcast: true };
const small = { width: 320, height: 180, fps: 12 };

describe('Key rotation', { skip: skipUnlessChromium }, () => {
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  it('every two seconds: nothing fails to decrypt, and no gap is longer than 500 ms', unlessStalled(async () => {
    const room = freshRoom('rotation');
    const here = new Map();
    const inUse = new Map();
    const handedOut = new Map();
    const others = (identity) => [...here.values()].filter((peer) => peer.identity !== identity);
    const fresh = (of, index) => ({ of, index: index % KEYRING_SIZE, key: randomBytes(16).toString('hex') });

    /** Whoever comes gets the keys of now and of next, and none from before. */
    async function enter(identity, picture) {
      const peer = await PagePeer.open(browser, identity);
      const own = fresh(identity, FIRST_INDEX);
      await Promise.all(others(identity).map((other) => other.call('setKey', own)));
      const joined = peer.join({ room, keys: [...inUse.values(), ...handedOut.values(), own] });
      inUse.set(identity, own);
      here.set(identity, peer);
      await joined;
      await peer.call('publishVideo', picture);
      return peer;
    }
    /** A key is with everybody else a second before it is used. */
    async function handOut(identity) {
      const key = fresh(identity, inUse.get(identity).index + 1);
      handedOut.set(identity, key);
      await Promise.all(others(identity).map((other) => other.call('setKey', key)));
    }
    async function use(identity) {
      const key = handedOut.get(identity);
      if (!key) return;
      handedOut.delete(identity);
      inUse.set(identity, key);
      await here.get(identity).call('setKey', key);
    }
    /** Nobody is told: they find out by the first frame that does not open. */
    async function ratchet(peer, times, follower) {
      const { index } = inUse.get(peer.identity);
      await peer.call('ratchet', peer.identity, index);
      const key = await peer.when(`ratchet ${times}`, (n) => harness.events.filter((e) => e.name === 'ratcheted')[n - 1]?.key, times);
      inUse.set(peer.identity, { of: peer.identity, index, key });
      await follower.when(`to follow ratchet ${times}`, ([of, n]) =>
        harness.events.filter((e) => e.name === 'ratcheted' && e.identity === of).length >= n, [peer.identity, times]);
    }
    async function sawEverything(peer, identities) {
      for (const identity of identities) {
        const frames = await peer.call('frames', identity);
        const gaps = frames.slice(1).map((frame, i) => ({ millis: Math.round(frame.atMillis - frames[i].atMillis), atMillis: Math.round(frame.atMillis) }));
        const long = gaps.filter((gap) => gap.millis > 500);
        assert.deepEqual(long, [], `${peer.identity} watching ${identity} until ${Math.round(frames.at(-1).atMillis)}`);
        assert.ok(frames.length > 30, `${peer.identity} saw ${frames.length} frames of ${identity}`);
        assert.equal((await peer.call('received'))[identity].camera.lost, 0);
      }
      assert.deepEqual(await peer.events('encryptionError'), [], peer.identity);
      assert.deepEqual(await peer.events('cryptor'), [], peer.identity);
      assert.deepEqual(peer.errors, []);
    }

    try {
      const ann = await enter('ann', simulcast);
      const bob = await enter('bob', small);
      await ann.call('publishAudio');
      await Promise.all([ann.decodesVideo('bob', { timeoutMillis: 20_000 }), bob.decodesVideo('ann', { timeoutMillis: 20_000 }), bob.hears('ann')]);
      await Promise.all([ann.call('watch', 'bob'), bob.call('watch', 'ann')]);

      let cem;
      let coming;
      let ratchets = 0;
      let unmuted;
      const arrive = async () => {
        const peer = await enter('cem', small);
        await peer.call('publishAudio');
        await Promise.all([...['ann', 'bob'].map((identity) => peer.decodesVideo(identity)), peer.hears('ann'), ann.decodesVideo('cem')]);
        for (const identity of ['ann', 'bob']) await peer.call('watch', identity);
        cem = peer;
      };
      const at = {
        4: () => ann.call('mute', 'microphone', true),
        7: () => ann.call('mute', 'microphone', false),
        8: () => void (coming = arrive()),
        12: () => coming,
        13: () => cem.call('mute', 'camera', true),
        15: async () => {
          await cem.call('mute', 'camera', false);
          unmuted = Promise.all([ann.decodesVideo('cem'), cem.hears('ann')]);
        },
        18: async () => {
          await unmuted;
          await sawEverything(cem, ['ann', 'bob']);
          here.delete('cem');
          await cem.close();
          cem = undefined;
        },
      };
      for (let tick = 0; tick < TICKS; tick++) {
        const over = pause(TICK_MILLIS);
        const rotating = ['ann', ...(cem ? ['cem'] : [])];
        if (tick % 2 === 0) await Promise.all(rotating.map(handOut));
        else await Promise.all(rotating.map(use));
        // livekit-client follows one step: it may not miss one on the way in.
        if (tick % 2 === 1 && (!coming || cem || !here.has('cem'))) await ratchet(bob, ++ratchets, ann);
        await bob.call('quality', 'ann', tick % 2 ? MEDIUM : LOW);
        await cem?.call('quality', 'ann', tick % 2 ? LOW : MEDIUM);
        await at[tick]?.();
        await over;
      }
      await sawEverything(bob, ['ann']);
      await sawEverything(ann, ['bob']);
      const widths = new Set((await bob.call('frames', 'ann')).map((frame) => frame.width));
      assert.deepEqual([...widths].sort(), [320, 640]);
      assert.ok(ratchets >= 6, `${ratchets} ratchets`);
      const followed = (await ann.events('ratcheted')).filter((event) => event.identity === 'bob').length;
      assert.equal(followed, ratchets);
    } finally {
      await within(15_000, 'everybody leaves', Promise.all([...here.values()].map((peer) => peer.close())));
    }
  }));
});
