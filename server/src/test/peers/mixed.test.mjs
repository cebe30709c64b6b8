// Five participants of three kinds do random things for a minute; then everybody must decode
// everybody, and every picture must be the right person's. TRIBUTARY_SEED repeats a run.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, launchFirefox, PagePeer, skipUnlessFirefox } from './lib/browser.mjs';
import { skipUnless } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';
import { pause, seeded, until } from './lib/wait.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const seed = Number(process.env.TRIBUTARY_SEED ?? Math.floor(Math.random() * 1e9));
const seconds = Number(process.env.TRIBUTARY_MIXED_SECONDS ?? 60);

const palette = { ann: '#e01010', bob: '#10e010', rob: '#1010e0', ria: '#e0e010', fay: '#e010e0' };
const nearest = (rgb) => {
  const distance = (hex) => [1, 3, 5].reduce((sum, at, i) => sum + (parseInt(hex.slice(at, at + 2), 16) - rgb[i]) ** 2, 0);
  return Object.keys(palette).reduce((best, name) => (distance(palette[name]) < distance(palette[best]) ? name : best));
};

describe('Five participants of mixed kinds', { skip: skipUnlessFirefox || skipUnless(!native.problem, 'no rtc-node here') }, () => {
  after(() => native.dispose?.());

  it(`end up decoding everybody after ${seconds} s of random mute, unpublish, republish, leave and rejoin (seed ${seed})`, { timeout: (seconds + 120) * 1000 }, async () => {
    const random = seeded(seed);
    const room = freshRoom('mixed');
    const history = [];
    const [chromium, firefox] = [await launchChromium(), await launchFirefox()];
    const people = [];
    try {
      for (const identity of ['ann', 'bob', 'rob', 'ria', 'fay']) {
        const isNative = identity.startsWith('r');
        const peer = isNative ? new native.NativePeer(identity) : await PagePeer.open(identity === 'fay' ? firefox : chromium, identity);
        people.push({ peer, isNative, identity, inside: false, camera: false, microphone: false, muted: new Set() });
      }
      const publish = (p, source) => {
        const options = source === 'camera' ? { width: 320, height: 180, fps: 8, color: palette[p.identity] } : {};
        const verb = source === 'camera' ? 'publishVideo' : 'publishAudio';
        p[source] = true;
        return p.isNative ? p.peer[verb](options) : p.peer.call(verb, options);
      };
      const enter = async (p) => {
        await p.peer.join({ room, e2ee: 'correct horse' });
        p.inside = true;
        await publish(p, 'camera');
        await publish(p, 'microphone');
      };
      const mute = async (p, source, muted) => {
        await p.peer.call('mute', source, muted);
        p.muted[muted ? 'add' : 'delete'](source);
      };
      const unpublish = async (p, source) => {
        p[source] = false;
        p.muted.delete(source);
        await (p.isNative ? p.peer.unpublish(source) : p.peer.call('unpublish', source));
      };
      const leave = async (p) => {
        Object.assign(p, { inside: false, camera: false, microphone: false });
        p.muted.clear();
        await (p.isNative ? p.peer.leave() : p.peer.call('leave'));
      };
      for (const p of people) await enter(p);

      const started = performance.now();
      while (performance.now() - started < seconds * 1000) {
        const p = random.pick(people);
        const source = random.pick(['camera', 'microphone']);
        const dice = random.next();
        const note = (what) => history.push(`${((performance.now() - started) / 1000).toFixed(1)} ${p.identity} ${what}`);
        if (!p.inside) {
          note('rejoins');
          await enter(p);
        } else if (dice < 0.15 && people.filter((other) => other.inside).length > 3) {
          note('leaves');
          await leave(p);
        } else if (!p[source]) {
          note(`publishes ${source}`);
          await publish(p, source);
        } else if (dice < 0.5 || p.isNative) {
          note(`unpublishes ${source}`);
          await unpublish(p, source);
        } else {
          const muted = !p.muted.has(source);
          note(`${muted ? 'mutes' : 'unmutes'} ${source}`);
          await mute(p, source, muted);
        }
        await pause(100 + random.below(700));
      }

      for (const p of people) {
        if (!p.inside) await enter(p);
        for (const source of ['camera', 'microphone']) {
          if (!p[source]) await publish(p, source);
          if (p.muted.has(source)) await mute(p, source, false);
        }
      }
      await everybodyDecodesEverybody(people.map((p) => p.peer), { timeoutMillis: 30_000 });
      for (const me of people) {
        for (const other of people.filter((p) => p !== me)) {
          const look = () => (me.isNative ? me.peer.colorOf(other.identity) : me.peer.call('colorOf', other.identity));
          let color;
          await until(`${me.identity} sees ${other.identity} as ${other.identity}`, async () => nearest((color = await look())) === other.identity, { timeoutMillis: 8000 }).catch(() => {
            assert.fail(`${me.identity} sees rgb(${color}), ${nearest(color)}'s colour, as ${other.identity}`);
          });
        }
        if (!me.isNative) assert.deepEqual(await me.peer.call('people'), people.filter((p) => p !== me).map((p) => p.identity).sort());
      }
    } catch (error) {
      error.message = `${error.message}\nseed ${seed}; what happened:\n${history.slice(-60).join('\n')}`;
      throw error;
    } finally {
      await Promise.all(people.map((p) => p.peer.close()));
      await firefox.close();
      await chromium.close();
    }
  });
});
