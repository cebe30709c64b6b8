// Every codec that browsers and the Rust SDK send, forwarded layer by layer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { freshRoom } from './lib/token.mjs';

/** Small pictures: there is no hardware to encode them. Below 960 by 540, Chromium leaves the third spatial layer away. */
const small = { width: 640, height: 360, fps: 10 };
const threeLayers = { width: 960, height: 540, fps: 8 };

describe('Codecs between Chromium and Chromium', { skip: skipUnlessChromium }, () => {
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  for (const { codec, e2ee, publish, ladder } of [
    { codec: 'h264', e2ee: 'k', publish: { ...small, simulcast: true }, ladder: [[0, 320], [1, 640], [0, 320], [1, 640]] },
    { codec: 'vp9', e2ee: 'k', publish: { ...threeLayers, scalabilityMode: 'L3T3_KEY' }, ladder: [[0, 240], [2, 960], [1, 480], [2, 960], [0, 240]] },
    { codec: 'vp9', e2ee: 'k', publish: { ...small, scalabilityMode: 'L2T3' }, ladder: [[0, 320], [1, 640], [0, 320]] },
    { codec: 'av1', publish: { ...threeLayers, scalabilityMode: 'L3T3_KEY' }, ladder: [[0, 240], [2, 960], [1, 480], [2, 960], [0, 240]] },
    { codec: 'av1', publish: { ...small, scalabilityMode: 'L1T3' }, ladder: [[0, 640], [2, 640]] },
  ]) {
    const what = `${codec} ${publish.scalabilityMode ?? 'simulcast'}${e2ee ? ', encrypted' : ''}`;
    it(`switches layers of ${what} without a gap of more than 500 ms`, async () => {
      const room = freshRoom(codec);
      const [ann, bob] = [await PagePeer.open(browser, 'ann'), await PagePeer.open(browser, 'bob')];
      try {
        for (const peer of [ann, bob]) await peer.join({ room, e2ee });
        await ann.call('publishVideo', { codec, ...publish });
        await bob.decodesVideo('ann', { timeoutMillis: 30_000 });
        const mimeType = `video/${codec.toUpperCase()}`;
        assert.equal((await bob.call('received')).ann.camera.codec, mimeType);
        for (const layer of await ann.call('sent')) assert.equal(layer.codec, mimeType);
        await bob.when('the highest layer', async (w) => (await harness.received()).ann.camera.width === w, publish.width, 30_000);
        await bob.call('watch', 'ann');
        const start = await bob.call('now');
        for (const [quality, width] of ladder) {
          const asked = await bob.call('now');
          await bob.call('quality', 'ann', quality);
          await bob.when(`${width} wide`, (w) => harness.frames('ann').at(-1)?.width === w, width, 10_000).catch(async (error) => {
            const frames = (await bob.call('frames', 'ann')).slice(-5);
            throw new Error(`${error.message}\n${JSON.stringify(frames)} at ${await bob.call('now')}\nsent ${JSON.stringify(await ann.call('sent'))}\nreceived ${JSON.stringify(await bob.call('received'))}`);
          });
          await bob.when('a second and a half of that layer', (from) => harness.now() - from > 1500, asked);
        }
        const frames = (await bob.call('frames', 'ann')).filter((f) => f.atMillis >= start);
        const gaps = frames.slice(1).map((f, i) => f.atMillis - frames[i].atMillis);
        assert.ok(Math.max(...gaps) <= 500, `the longest gap is ${Math.round(Math.max(...gaps))} ms`);
        const { camera } = (await bob.call('received')).ann;
        assert.equal(camera.lost, 0);
        for (const peer of [ann, bob]) {
          assert.deepEqual(await peer.events('encryptionError'), []);
          assert.deepEqual(peer.errors, []);
        }
      } finally {
        await Promise.all([ann.close(), bob.close()]);
      }
    });
  }
});
