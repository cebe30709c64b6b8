// Operators may insist on end-to-end encryption: what unmodified clients see of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RequestResponse_Reason, TrackType } from '@livekit/protocol';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { skipUnlessServing, startServer } from './lib/server.mjs';
import { SignalClient } from './lib/signal.mjs';
import { freshRoom } from './lib/token.mjs';
import { until } from './lib/wait.mjs';

const REQUIRED = /requires end-to-end encryption/;
const E2EE = 'correct horse';
const VIDEO = { width: 320, height: 180 };

describe('require_e2ee', { skip: skipUnlessServing || skipUnlessChromium }, () => {
  let browser;
  let strict;
  let lax;
  const peers = [];

  before(async () => {
    [browser, strict, lax] = await Promise.all([
      launchChromium(),
      startServer({ config: 'room:\n  require_e2ee: always\n  require_e2ee_by_name: {"open-*": never}\n' }),
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
  const refusal = (peer) => peer.call('publishVideo', VIDEO).then(() => 'published', String);

  it('always: says why on the wire, and publishing rejects in the client', async () => {
    const room = freshRoom('always');
    const raw = await SignalClient.join({ of: strict, identity: 'raw', room });
    raw.send('addTrack', { cid: 'camera', type: TrackType.VIDEO });
    const answer = await raw.next('requestResponse');
    assert.equal(answer.value.reason, RequestResponse_Reason.NOT_ALLOWED);
    assert.match(answer.value.message, REQUIRED);
    raw.close();
    const plain = await join('plain', { of: strict, room });
    assert.notEqual(await refusal(plain), 'published');
    const [ann, bob] = [await join('ann', { of: strict, room, e2ee: E2EE }), await join('bob', { of: strict, room, e2ee: E2EE })];
    await ann.call('publishVideo', VIDEO);
    await bob.decodesVideo('ann', { timeoutMillis: 25_000 });
  });

  it('auto: the first track decides', async () => {
    const room = freshRoom('auto');
    const encrypted = await join('encrypted', { room, e2ee: E2EE });
    await encrypted.call('publishVideo', VIDEO);
    assert.notEqual(await refusal(await join('plain', { room })), 'published');
    const open = freshRoom('auto');
    const first = await join('first', { room: open });
    await first.call('publishVideo', VIDEO);
    await (await join('second', { room: open })).decodesVideo('first', { timeoutMillis: 25_000 });
  });

  it('never, by server or by the name of the room: nobody is refused', async () => {
    for (const options of [{ of: lax, room: freshRoom('never') }, { of: strict, room: freshRoom('open') }]) {
      const plain = await join('plain', options);
      await plain.call('publishVideo', VIDEO);
    }
  });

  it('always: who says encrypted and sends plaintext is muted within two seconds of media', async () => {
    const liar = await join('liar', { of: strict, room: freshRoom('liar') });
    await liar.evaluate(() => {
      harness.room.localParticipant.encryptionType = 1; // GCM, and nothing encrypts
    });
    await liar.call('publishAudio');
    await until('packets leave', async () => (await liar.call('sent', 'microphone')).some((stream) => stream.packets > 0));
    const begun = performance.now();
    await liar.when('it is muted', () => harness.events.some((event) => event.name === 'TrackMuted'), undefined, 10_000);
    assert.ok(performance.now() - begun < 2000, `after ${Math.round(performance.now() - begun)} ms`);
  });
});
