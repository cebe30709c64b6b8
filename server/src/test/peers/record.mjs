// Makes the recordings that tests play: scripts/record.sh runs it, with a server that writes down what it receives.
//
// Chromium publishes each track by an unmodified livekit-client. Nothing is encrypted end to end: decoders judge what
// becomes of the recordings.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchChromium, PagePeer } from './lib/browser.mjs';
import { get, httpUrl } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

/**
 * Two cores encode three AV1 layers of this ten times a second. Below 960 by 540, and below 650 kbit/s where layers
 * come together, Chromium leaves the third away.
 */
const size = { width: 960, height: 540 };
const together = { maxBitrate: 650_000, simulcast: false };
const apart = { maxBitrate: 250_000, simulcast: true, lower: [[240, 135, 50_000], [480, 270, 100_000]] };

/** Runs in the page: things that move over a picture with some detail, so that a picture missed shows in the next. */
async function publish({ width, height, fps, maxBitrate, lower = [], ...options }) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const backdrop = context.createLinearGradient(0, 0, width, height);
  for (let i = 0; i <= 6; i++) backdrop.addColorStop(i / 6, `hsl(${i * 60} 50% ${i % 2 ? 35 : 65}%)`);
  let frame = 0;
  const draw = () => {
    context.fillStyle = backdrop;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 3; i++) {
      context.fillStyle = `hsl(${i * 120} 90% 50%)`;
      const [x, y] = [0.4 + 0.4 * Math.sin(frame / (11 + i) + i), 0.4 + 0.4 * Math.cos(frame / (7 + i) + 2 * i)];
      context.fillRect(Math.round(x * width), Math.round(y * height), height / 8, height / 8);
    }
    context.fillStyle = '#fff';
    context.font = `${Math.round(height / 6)}px sans-serif`;
    context.fillText(String(frame++), width / 20, height / 4);
  };
  draw();
  setInterval(draw, 1000 / fps);
  const [media] = canvas.captureStream(fps).getVideoTracks();
  const local = new harness.lk.LocalVideoTrack(media, undefined, true);
  await harness.room.localParticipant.publishTrack(local, {
    source: 'camera', degradationPreference: 'maintain-resolution', backupCodec: false, ...options,
    videoEncoding: { maxBitrate, maxFramerate: fps },
    videoSimulcastLayers: lower.map(([width, height, bps]) => new harness.lk.VideoPreset(width, height, bps, fps)),
  });
}

describe('Recordings', () => {
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  const record = async (name, about, publishing, isReady) => {
    const ann = await PagePeer.open(browser, 'ann');
    try {
      await ann.join({ room: freshRoom('rec') });
      await publishing(ann);
      await ann.when('what is to be recorded is sent', isReady.body, isReady.arg, 30_000).catch(async (error) => {
        throw new Error(`${error.message}; ${JSON.stringify(await ann.call('sent'))}`);
      });
      const query = new URLSearchParams({ name, about: `${await browser.version()}, ${about}` });
      const { status, text } = await get(`${httpUrl()}/record?${query}`, { timeoutMillis: 20_000 });
      assert.equal(status, 200, text);
      assert.deepEqual(await ann.events('reconnecting'), []);
      console.log(text);
    } finally {
      await ann.close();
    }
  };

  for (const { codec, fps, layers = 3, ...options } of [
    { codec: 'vp8', fps: 15, ...apart },
    { codec: 'h264', fps: 15, ...apart },
    { codec: 'vp9', fps: 12, scalabilityMode: 'L3T3_KEY', ...together },
    { codec: 'vp9', fps: 12, scalabilityMode: 'L3T3', ...together },
    { codec: 'av1', fps: 10, scalabilityMode: 'L3T3_KEY', ...together },
    { codec: 'av1', fps: 10, scalabilityMode: 'L1T3', layers: 1, ...together, maxBitrate: 200_000 },
  ]) {
    const shape = options.scalabilityMode ?? 'simulcast';
    const name = `${codec}-${shape.toLowerCase().replace('_', '-')}`;
    it(`records ${name}`, () =>
      record(
        name,
        `${codec} ${shape}, ${size.width} by ${size.height}, at most ${fps} a second`,
        (ann) => ann.evaluate(publish, { ...size, fps, videoCodec: codec, ...options }),
        {
          body: async ({ width, simulcast, layers }) => {
            const sent = (await harness.sent()).filter((layer) => layer.frames > 30);
            if (sent.length < (simulcast ? layers : 1) || !sent.some((layer) => layer.width === width)) return false;
            // Rates settle.
            harness.settled ??= performance.now();
            return performance.now() - harness.settled > 5000;
          },
          arg: { width: size.width, simulcast: options.simulcast, layers },
        },
      ));
  }

  it('records opus', () =>
    record('opus', 'Opus, a tone at 48 kHz', (ann) => ann.call('publishAudio'), {
      body: () => {
        harness.settled ??= performance.now();
        return performance.now() - harness.settled > 2000;
      },
    }));
});
