// Three people in Chromium, end-to-end encrypted, on both signalling paths.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { everybodyDecodesEverybody, launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { namespace, server, skipUnless, skipUnlessServing, startServer, withoutV1 } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

const colors = { ann: '#d02020', bob: '#20d020', cem: '#2020d0' };

describe('A three-way encrypted call', { skip: skipUnlessChromium }, () => {
  let browser;
  let old;
  before(async () => {
    browser = await launchChromium();
    old = await withoutV1();
  });
  after(async () => {
    await browser?.close();
    await old?.stop();
  });

  const ways = {
    'over one PeerConnection': () => ({ of: server, single: true }),
    'over two PeerConnections because /rtc/v1 is not there': () => ({ of: old, single: false }),
    'over two PeerConnections by choice of the client': () => ({ of: server, single: false, options: { singlePeerConnection: false } }),
  };
  for (const [way, configure] of Object.entries(ways)) {
    it(`decodes every picture and every sound, encrypted, ${way}`, async () => {
      const { of, single, options } = configure();
      const room = freshRoom('three');
      const peers = [];
      try {
        for (const identity of Object.keys(colors)) {
          const peer = await PagePeer.open(browser, identity);
          peers.push(peer);
          await peer.join({ room, of, e2ee: 'correct horse', options });
          await peer.call('publishVideo', { width: 320, height: 180, color: colors[identity] });
          await peer.call('publishAudio', { frequency: 440 });
        }
        await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
        for (const me of peers) {
          assert.equal(await me.evaluate(() => harness.room.isE2EEEnabled && harness.room.localParticipant.isE2EEEnabled), true);
          assert.deepEqual(await me.events('encryptionError'), []);
          assert.deepEqual(me.errors, []);
          const offersFromServer = await me.evaluate(() => harness.wire.some((m) => m.way === 'in' && m.case === 'offer'));
          assert.equal(offersFromServer, !single, 'the server offers only when there are two PeerConnections');
          const received = await me.call('received');
          for (const other of peers.filter((p) => p !== me)) {
            assert.equal(received[other.identity].encrypted, true, `${me.identity} sees ${other.identity} encrypted`);
            assert.equal(received[other.identity].camera.encrypted, true);
            const [r, g, b] = await me.when('a picture', (who) => harness.colorOf(who), other.identity);
            const loudest = [r, g, b].indexOf(Math.max(r, g, b));
            assert.equal(loudest, Object.keys(colors).indexOf(other.identity), `${me.identity} sees rgb(${r},${g},${b}) as ${other.identity}`);
          }
        }
        if (way.includes('not there')) assert.ok(old.seen.includes('/rtc/v1') || old.seen.includes('/rtc/v1/validate'));
      } finally {
        await Promise.all(peers.map((peer) => peer.close()));
      }
    });
  }

  it('shows the subscriber an update before the answer with the track, and names its m-line', async () => {
    const room = freshRoom('order');
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((identity) => PagePeer.open(browser, identity)));
    try {
      await ann.join({ room });
      await bob.join({ room });
      const sid = await ann.call('publishVideo', { width: 320, height: 180 });
      await bob.decodesVideo('ann', { frames: 1 });
      const wire = await bob.evaluate(() => harness.wire.filter((m) => m.way === 'in'));
      const update = wire.findIndex((m) => m.case === 'update' && m.value.participants.some((p) => p.tracks?.some((t) => t.sid === sid)));
      const answer = wire.findIndex((m) => m.case === 'answer' && m.value.sdp.includes(sid));
      assert.ok(update >= 0 && answer > update, `update ${update}, answer ${answer}`);
      const annSid = await bob.evaluate(() => harness.room.remoteParticipants.get('ann').sid);
      assert.match(wire[answer].value.sdp, new RegExp(`a=msid:${annSid}\\|${sid} ${sid}`));
      assert.ok(Object.values(wire[answer].value.midToTrackId).includes(sid));
      const info = wire[update].value.participants.find((p) => p.identity === 'ann').tracks.find((t) => t.sid === sid);
      assert.equal(info.mimeType.toLowerCase(), 'video/vp8');
    } finally {
      await Promise.all([ann.close(), bob.close()]);
    }
  });

  it('decodes nothing with a wrong passphrase', async () => {
    const room = freshRoom('wrong');
    const [ann, eve] = await Promise.all(['ann', 'eve'].map((identity) => PagePeer.open(browser, identity)));
    try {
      await ann.join({ room, e2ee: 'correct horse' });
      await eve.join({ room, e2ee: 'battery staple' });
      await ann.call('publishVideo', { width: 320, height: 180 });
      await ann.call('publishAudio');
      await eve.when('packets of ann', async () => {
        const { ann } = await harness.received();
        return ann?.camera?.packets > 30 && ann.microphone?.packets > 60 && harness.events.some((e) => e.name === 'encryptionError');
      }, undefined, 15_000);
      const { ann: seen } = await eve.call('received');
      assert.equal(seen.camera.framesDecoded ?? 0, 0);
      assert.ok((seen.microphone.energy ?? 0) < 0.0001, `energy ${seen.microphone.energy}`);
    } finally {
      await Promise.all([ann.close(), eve.close()]);
    }
  });

  it('plays all tracks of five publishers: the server asks for the m-lines that are missing', async () => {
    const room = freshRoom('many');
    const watcher = await PagePeer.open(browser, 'watcher');
    const publishers = [];
    try {
      await watcher.join({ room });
      for (const identity of ['p1', 'p2', 'p3', 'p4', 'p5']) {
        const peer = await PagePeer.open(browser, identity);
        publishers.push(peer);
        await peer.join({ room, options: {}, connect: { autoSubscribe: false } });
        await peer.call('publishVideo', { width: 160, height: 90, fps: 8 });
      }
      await Promise.all(publishers.map((p) => watcher.decodesVideo(p.identity, { timeoutMillis: 20_000 })));
      const asked = await watcher.evaluate(() =>
        harness.wire.filter((m) => m.case === 'mediaSectionsRequirement').map((m) => m.value.numVideos ?? 0));
      assert.equal(asked.reduce((sum, n) => sum + n, 0), 2, `asked for ${asked}: three were there, five are needed`);
    } finally {
      await Promise.all([watcher, ...publishers].map((peer) => peer.close()));
    }
  });
});

const outside = skipUnless(process.env.TRIBUTARY_NAMESPACE, 'there is an IPv6 address of our own only in the suite\'s network');

describe('A server that takes media on IPv6 alone', { skip: skipUnlessChromium || skipUnlessServing || outside }, () => {
  it('carries an encrypted call', async () => {
    const of = await startServer({ rtc: `bind_addresses: ["${namespace.ipv6}"]` });
    const browser = await launchChromium();
    const room = freshRoom('six');
    const peers = [];
    try {
      for (const identity of ['ann', 'bob']) {
        const peer = await PagePeer.open(browser, identity);
        peers.push(peer);
        await peer.join({ room, of, e2ee: 'correct horse' });
        await peer.call('publishVideo', { width: 320, height: 180, color: colors[identity] });
        await peer.call('publishAudio', { frequency: 440 });
      }
      await everybodyDecodesEverybody(peers, { timeoutMillis: 20_000 });
      for (const me of peers) {
        const candidates = await me.evaluate(() => harness.wire.filter((m) => m.way === 'in' && m.case === 'trickle').length);
        assert.ok(candidates > 0);
        assert.deepEqual(me.errors, []);
      }
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
      await browser.close();
      await of.stop();
    }
  });
});
