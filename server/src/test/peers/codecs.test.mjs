// Every codec that browsers and the Rust SDK send, forwarded layer by layer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { unlessStalled } from './lib/stalls.mjs';
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
    it(`switches layers of ${what} without a gap of more than 500 ms`, unlessStalled(async () => {
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
    }));
  }

  for (const { codec, publish } of [
    { codec: 'vp9', publish: { ...small, scalabilityMode: 'L2T3' } },
    { codec: 'h264', publish: { ...small, simulcast: true } },
  ]) {
    it(`never asks for the backup of ${codec}, and forwards ${codec} all the same if one is published`, async () => {
      const room = freshRoom(`backup-${codec}`);
      const [ann, bob] = [await PagePeer.open(browser, 'ann'), await PagePeer.open(browser, 'bob')];
      const requests = () => ann.evaluate(() => harness.wire.filter((m) => m.way === 'out' && m.case === 'addTrack').map((m) => m.value));
      const decodesOn = async () => {
        const { framesDecoded } = (await bob.call('received')).ann.camera;
        await bob.when('20 more frames', async (n) => (await harness.received()).ann.camera.framesDecoded >= n, framesDecoded + 20, 15_000);
        assert.equal((await bob.call('received')).ann.camera.codec, `video/${codec.toUpperCase()}`);
      };
      try {
        for (const peer of [ann, bob]) await peer.join({ room });
        const sid = await ann.call('publishVideo', { codec, ...publish });
        await bob.decodesVideo('ann', { timeoutMillis: 30_000 });
        const [added] = await requests();
        assert.deepEqual(added.simulcastCodecs.map((c) => c.codec), [codec, 'vp8'], 'a backup is what livekit-client has by default');
        const wanted = await ann.when('what is wanted', () => harness.wire.findLast((m) => m.case === 'subscribedQualityUpdate')?.value.subscribedCodecs);
        assert.deepEqual(wanted.map((c) => [c.codec, c.qualities.some((q) => q.enabled)]), [[codec, true], ['vp8', false]]);
        await decodesOn();
        assert.deepEqual(await ann.call('backups'), []);
        assert.equal((await requests()).length, 1);

        await ann.call('publishBackup', 'vp8');
        assert.deepEqual((await requests()).map((request) => request.sid), ['', sid]);
        await decodesOn();
        assert.deepEqual(await ann.call('backups'), [{ codec: 'vp8', packets: 0 }]);
        await ann.call('unpublish', 'camera');
        await bob.when('no camera', () => !harness.room.remoteParticipants.get('ann').getTrackPublication('camera'), undefined, 10_000);
        await ann.call('publishVideo', { codec, ...publish });
        await bob.decodesVideo('ann', { timeoutMillis: 30_000 });
        await decodesOn();
        for (const peer of [ann, bob]) assert.deepEqual(peer.errors, []);
      } finally {
        await Promise.all([ann.close(), bob.close()]);
      }
    });
  }
});
