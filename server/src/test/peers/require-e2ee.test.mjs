// Operators may insist on end-to-end encryption: what unmodified clients see of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RequestResponse_Reason, TrackType } from '@livekit/protocol';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { freePort, get, skipUnlessServing, startServer } from './lib/server.mjs';
import { SignalClient } from './lib/signal.mjs';
import { freshRoom } from './lib/token.mjs';
import { within } from './lib/wait.mjs';

const REQUIRED = /requires end-to-end encryption/;
const PLAINTEXT_SEEN = /^muted: unencrypted media was sent/;
const E2EE = 'correct horse';
const VIDEO = { width: 320, height: 180 };

describe('require_e2ee', { skip: skipUnlessServing || skipUnlessChromium }, () => {
  let browser;
  let strict;
  let strictMetrics;
  let lax;
  const peers = [];

  before(async () => {
    strictMetrics = `http://127.0.0.1:${await freePort()}`;
    [browser, strict, lax] = await Promise.all([
      launchChromium(),
      startServer({
        config: `prometheus_port: ${new URL(strictMetrics).port}
room:
  require_e2ee: always
  require_e2ee_by_name: {"open-*": never}
`,
      }),
      startServer({ config: 'room:\n  require_e2ee: never\n' }),
    ]);
  });
  after(async () => {
    await Promise.all(peers.map((peer) => peer.close()));
    await browser?.close();
    await Promise.all([strict?.stop(), lax?.stop()]);
  });

  const join = async (identity, options) => {
    const peer = await PagePeer.open(browser, identity);
    peers.push(peer);
    await peer.join(options);
    return peer;
  };
  const counted = async (series) => {
    const { text } = await get(`${strictMetrics}/metrics`);
    return Number(text.match(new RegExp(`^${series} (\\S+)$`, 'm'))?.[1]);
  };
  /**
   * That the server says why at once, and that publishing rejects: livekit-client itself waits ten seconds for another
   * answer. Timed where the messages pass, in the page.
   */
  const isRefused = async (peer) => {
    const outcome = await within(20_000, 'publishing rejects', peer.call('publishVideo', VIDEO).then(() => 'published', String));
    assert.match(outcome, /timed out|not allowed|requires/i);
    const wire = await peer.evaluate(() => harness.wire);
    const asked = wire.filter((m) => m.case === 'addTrack');
    const answers = wire.filter((m) => m.case === 'requestResponse');
    assert.deepEqual(answers.map((m) => m.value.reason), ['NOT_ALLOWED']);
    assert.match(answers[0].value.message, REQUIRED);
    assert.ok(answers[0].atMillis - asked[0].atMillis < 5000, `after ${Math.round(answers[0].atMillis - asked[0].atMillis)} ms`);
    assert.deepEqual(await peer.evaluate(() => [...harness.room.localParticipant.trackPublications.keys()]), []);
  };

  it('always: says why on the wire, and publishing rejects in the client', async () => {
    const room = freshRoom('always');
    const raw = await SignalClient.join({ of: strict, identity: 'raw', room });
    raw.send('addTrack', { cid: 'camera', type: TrackType.VIDEO });
    const answer = await raw.next('requestResponse');
    assert.equal(answer.value.reason, RequestResponse_Reason.NOT_ALLOWED);
    assert.match(answer.value.message, REQUIRED);
    raw.close();
    const [plain, ann, bob] = [await join('plain', { of: strict, room }), await join('ann', { of: strict, room, e2ee: E2EE }), await join('bob', { of: strict, room, e2ee: E2EE })];
    const refused = isRefused(plain);
    await ann.call('publishVideo', VIDEO);
    await Promise.all([bob.decodesVideo('ann', { timeoutMillis: 25_000 }), refused]);
  });

  it('auto: the first track decides', async () => {
    const room = freshRoom('auto');
    const encrypted = await join('encrypted', { room, e2ee: E2EE });
    await encrypted.call('publishVideo', VIDEO);
    const refused = isRefused(await join('plain', { room }));
    const open = freshRoom('auto');
    const first = await join('first', { room: open });
    await first.call('publishVideo', VIDEO);
    const second = await join('second', { room: open });
    await Promise.all([second.decodesVideo('first', { timeoutMillis: 25_000 }), refused]);
  });

  it('never, by server or by the name of the room: nobody is refused', async () => {
    for (const options of [{ of: lax, room: freshRoom('never') }, { of: strict, room: freshRoom('open') }]) {
      const plain = await join('plain', options);
      await plain.call('publishVideo', VIDEO);
    }
  });

  for (const [source, publish] of [['microphone', 'publishAudio'], ['camera', 'publishVideo']]) {
    it(`always: who says encrypted and sends plaintext (${source}) is muted within two seconds of media, told why, and counted`, async () => {
      const earlier = await counted('tributary_e2ee_plaintext_tracks_total');
      const liar = await join('liar', { of: strict, room: freshRoom('liar') });
      await liar.evaluate(() => {
        harness.room.localParticipant.encryptionType = 1; // GCM, and nothing encrypts
      });
      await liar.call(publish, VIDEO);
      const begun = await liar.when('packets leave', async (s) => (await harness.sent(s)).some((stream) => stream.packets > 0) && harness.now(), source);
      const muted = await liar.when('it is muted', () => harness.events.find((event) => event.name === 'TrackMuted')?.atMillis);
      assert.ok(muted - begun < 2000, `after ${Math.round(muted - begun)} ms`);
      const why = await liar.when('it is told why', () => harness.wire.find((m) => m.case === 'requestResponse'));
      assert.equal(why.value.reason, 'NOT_ALLOWED');
      assert.match(why.value.message, PLAINTEXT_SEEN);
      const [orders, published] = await liar.evaluate(() =>
        ['mute', 'trackPublished'].map((name) => harness.wire.filter((m) => m.way === 'in' && m.case === name).map((m) => m.value)),
      );
      assert.deepEqual(orders.map((order) => [order.sid, order.muted]), [[published[0].track.sid, true]]);
      assert.equal(await counted('tributary_e2ee_plaintext_tracks_total'), earlier + 1);
    });
  }
});
