// Calls over a bad network: datagrams lost and reordered by a seeded relay, both ways, between unmodified clients and
// the server. Each rate is measured against the same call on the same relay without faults. TRIBUTARY_SEED repeats a run.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { throughRelay } from './lib/relay.mjs';
import { skipUnless } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';
import { pause } from './lib/wait.mjs';

const native = await import('./lib/native.mjs').catch((error) => ({ problem: String(error) }));
const seed = Number(process.env.TRIBUTARY_SEED ?? 20_261_121);
const control = { delayMillis: 15 };
const bad = (loss) => ({ ...control, loss, reordering: 0.03, reorderMillis: 15 });

/** What the peers received of each other between two looks: frames a second, freezes, concealed sound. */
const compared = (name, before, after, seconds) => {
  const frames = after.camera.framesDecoded - before.camera.framesDecoded;
  const samples = after.microphone.samples - before.microphone.samples;
  const concealed = after.microphone.concealed - before.microphone.concealed;
  const silent = after.microphone.silentConcealed - before.microphone.silentConcealed;
  return {
    name,
    fps: frames / seconds,
    freezes: after.camera.freezes - before.camera.freezes,
    frozenSeconds: after.camera.frozenSeconds - before.camera.frozenSeconds,
    keyFrames: after.camera.keyFrames - before.camera.keyFrames,
    nacks: after.camera.nacks - before.camera.nacks,
    plis: after.camera.plis - before.camera.plis,
    concealedPercent: (100 * (concealed - silent)) / samples,
  };
};
const told = (m) =>
  `${m.name} ${m.fps.toFixed(1)} frames/s, ${m.freezes} freezes (${m.frozenSeconds.toFixed(1)} s), ${m.keyFrames} key frames, ` +
  `${m.nacks} NACKs, ${m.plis} PLIs, ${m.concealedPercent.toFixed(2)} % of sound concealed`;

describe(`A call over a bad network (seed ${seed})`, { skip: skipUnlessChromium }, () => {
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    native.dispose?.();
  });

  const measure = async (peers, seconds) => {
    const look = () => Promise.all(peers.map((peer) => peer.call('received')));
    const [start, first] = [performance.now(), await look()];
    await pause(seconds * 1000);
    const [end, second] = [performance.now(), await look()];
    return peers.map((peer, i) => {
      const [other] = peers.filter((p) => p !== peer).map((p) => p.identity);
      return compared(peer.identity, first[i][other], second[i][other], (end - start) / 1000);
    });
  };

  for (const [loss, share] of [[0.05, 0.8], [0.15, 0.5]]) {
    it(`keeps ${share * 100} % of the frames with ${loss * 100} % lost each way and some reordered`, async (t) => {
      const relay = await throughRelay({ seed });
      const room = freshRoom('loss');
      const peers = [];
      try {
        relay.network(control);
        for (const identity of ['ann', 'bob']) {
          const peer = await PagePeer.open(browser, identity);
          peers.push(peer);
          await peer.join({ room, of: relay, e2ee: 'k' });
          await peer.call('publishVideo', { width: 640, height: 360, fps: 15, simulcast: true });
          await peer.call('publishAudio');
        }
        await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
        await pause(3000); // the encoders find their rates
        const good = await measure(peers, 6);
        relay.up.take();
        relay.down.take();
        relay.network(bad(loss));
        await pause(2000);
        const worse = await measure(peers, 10);
        relay.network(control);
        const passed = [relay.up.take(), relay.down.take()].map((way) => `${way.lost} lost and ${way.reordered} reordered of ${way.offered}`);
        t.diagnostic(`up ${passed[0]}, down ${passed[1]}`);
        good.forEach((m) => t.diagnostic(`control: ${told(m)}`));
        worse.forEach((m) => t.diagnostic(`${loss * 100} %: ${told(m)}`));
        worse.forEach((m, i) => assert.ok(m.fps >= share * good[i].fps, `${told(m)}; without loss: ${told(good[i])}`));
        await everybodyDecodesEverybody(peers, { timeoutMillis: 10_000 });
        for (const peer of peers) assert.deepEqual(await peer.events('encryptionError'), []);
      } finally {
        await Promise.all(peers.map((peer) => peer.close()));
        await relay.stop();
      }
    });
  }
});
