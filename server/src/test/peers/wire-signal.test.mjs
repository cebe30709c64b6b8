// Signalling message by message, on both paths, from a client that has no media behind it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MuteTrackRequest,
  Ping,
  SimulcastCodec,
  SubscriptionPermission,
  TrackSource,
  UpdateParticipantMetadata,
  UpdateSubscription,
} from '@livekit/protocol';
import { referenceDiffers, skipUnlessServing, startServer } from './lib/server.mjs';
import { camera, microphone, offer, offerSdp, preallocated, sectionsOf, SignalClient, v0Query, validate } from './lib/signal.mjs';
import { claimsOf, freshRoom } from './lib/token.mjs';
import { until } from './lib/wait.mjs';

const paths = ['/rtc/v1', '/rtc'];
const isSemver = /^\d+\.\d+\.\d+/;
const reason = { OK: 0, NOT_FOUND: 1, NOT_ALLOWED: 2, LIMIT_EXCEEDED: 3, UNSUPPORTED_TYPE: 5 };

/** Runs `body` with clients that are made by `join(identity, more)` and closed at the end. */
const inRoom = (stem, path, body) => async (t) => {
  const room = freshRoom(stem);
  const clients = [];
  const join = async (identity, more = {}) => {
    const client = await SignalClient.join({ path, identity, room, ...more });
    clients.push(client);
    return client;
  };
  try {
    await body({ join, room, t });
  } finally {
    await Promise.all(clients.map((client) => client.leave()));
  }
};

for (const path of paths) {
  const v1 = path === '/rtc/v1';
  describe(`Signalling on ${path}`, () => {
    it('sends join first, within 2 s, and refresh_token within 1 s after', inRoom('order', path, async ({ join }) => {
      const ann = await join('ann');
      const [first] = ann.messages;
      assert.equal(first.case, 'join');
      assert.ok(first.atMillis - ann.openedAtMillis < 2000);
      const fresh = await ann.next('refreshToken', undefined, { timeoutMillis: 1000 });
      assert.ok(claimsOf(fresh.value).exp - Date.now() / 1000 >= 590, 'lives at least 10 minutes');
    }));

    it('fills the join response as clients need it', inRoom('join', path, async ({ join, room }) => {
      const { joined } = await join('ann', { claims: { name: 'Ann', metadata: 'm', attributes: { a: '1' } } });
      assert.equal(joined.room.name, room);
      assert.match(joined.room.sid, /^RM_/);
      assert.match(joined.participant.sid, /^PA_/);
      assert.equal(joined.participant.identity, 'ann');
      assert.equal(joined.participant.name, 'Ann');
      assert.equal(joined.participant.metadata, 'm');
      assert.deepEqual(joined.participant.attributes, { a: '1' });
      const { permission } = joined.participant;
      assert.deepEqual([permission.canPublish, permission.canSubscribe, permission.canPublishData], [true, true, true]);
      assert.match(joined.serverInfo.version, isSemver);
      assert.notEqual(joined.serverInfo.version.split('.')[0], '0');
      assert.equal(joined.serverInfo.protocol, 17);
      assert.equal(joined.pingInterval, 5);
      assert.equal(joined.pingTimeout, 15);
      assert.ok(joined.sifTrailer.length > 0);
      assert.equal(joined.enabledPublishCodecs[0].mime.toLowerCase(), 'video/vp8');
      assert.ok(joined.enabledPublishCodecs.some((codec) => codec.mime.toLowerCase() === 'audio/opus'));
      assert.equal(joined.subscriberPrimary, !v1);
      assert.ok(Array.isArray(joined.iceServers));
    }));

    it('gives all members of a room the same sif_trailer and room sid', inRoom('trailer', path, async ({ join }) => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      assert.deepEqual(Buffer.from(ann.joined.sifTrailer), Buffer.from(bob.joined.sifTrailer));
      assert.equal(ann.joined.room.sid, bob.joined.room.sid);
      assert.deepEqual(bob.joined.otherParticipants.map((p) => p.identity), ['ann']);
    }));

    it('answers ping with pong and ping_req with pong_resp within 200 ms', inRoom('ping', path, async ({ join }) => {
      const ann = await join('ann');
      const sent = ann.send('ping', 1234n);
      const pong = await ann.next('pong');
      assert.ok(pong.atMillis - sent < 200);
      assert.ok(Math.abs(Number(pong.value) - Date.now()) < 5000, 'pong is the time in ms');
      const asked = ann.send('pingReq', new Ping({ timestamp: 98765n, rtt: 3n }));
      const answer = await ann.next('pongResp');
      assert.ok(answer.atMillis - asked < 200);
      assert.equal(answer.value.lastPingTimestamp, 98765n);
      assert.ok(Math.abs(Number(answer.value.timestamp) - Date.now()) < 5000);
    }));

    it('answers AddTrack with track_published within 1 s, before any offer', inRoom('add', path, async ({ join }) => {
      const ann = await join('ann');
      const asked = ann.send('addTrack', microphone('cid-mic'));
      const published = await ann.next('trackPublished');
      assert.ok(published.atMillis - asked < 1000);
      assert.equal(published.value.cid, 'cid-mic');
      assert.match(published.value.track.sid, /^TR_/);
      assert.equal(published.value.track.name, 'mic');
      ann.send('addTrack', camera('cid-cam', { encryption: 1 }));
      const video = await ann.next('trackPublished', (m) => m.cid === 'cid-cam');
      assert.equal(video.value.track.encryption, 1);
      assert.notEqual(video.value.track.sid, published.value.track.sid);
    }));

    it('puts camera and microphone in one stream, screen video and audio in another', inRoom('stream', path, async ({ join }) => {
      const ann = await join('ann');
      const streams = {};
      for (const [cid, type, source] of [['m', 0, 2], ['c', 1, 1], ['s', 1, 3], ['a', 0, 4]]) {
        ann.send('addTrack', microphone(cid, { type, source }));
        streams[cid] = (await ann.next('trackPublished', (m) => m.cid === cid)).value.track.stream;
      }
      assert.deepEqual(streams, { m: 'camera', c: 'camera', s: 'screen', a: 'screen' });
    }));

    it('refuses AddTrack without canPublish at once, NOT_ALLOWED with a message', inRoom('refuse', path, async ({ join }) => {
      const ann = await join('ann', { video: { canPublish: false } });
      assert.equal(ann.joined.participant.permission.canPublish, false);
      const asked = ann.send('addTrack', camera('cid-cam'));
      const refused = await ann.next('requestResponse');
      assert.ok(refused.atMillis - asked < 500);
      assert.equal(refused.value.reason, reason.NOT_ALLOWED);
      if (!referenceDiffers('its message is empty')) assert.notEqual(refused.value.message, '');
      assert.equal(refused.value.request.case, 'addTrack');
      assert.equal(refused.value.request.value.cid, 'cid-cam');
      assert.equal(ann.of('trackPublished').length, 0);
    }));

    it('refuses a source that can_publish_sources does not name', inRoom('sources', path, async ({ join }) => {
      const ann = await join('ann', { video: { canPublishSources: ['microphone'] } });
      ann.send('addTrack', camera('cid-cam'));
      assert.equal((await ann.next('requestResponse')).value.reason, reason.NOT_ALLOWED);
      ann.send('addTrack', microphone('cid-mic'));
      await ann.next('trackPublished', (m) => m.cid === 'cid-mic');
    }));

    it(
      'answers AddTrack for a backup codec with the track that is there, asks for none of it, and takes none',
      { skip: referenceDiffers('a track without media is not there yet') },
      inRoom('backup', path, async ({ join }) => {
        const [ann, bob] = [await join('ann'), await join('bob')];
        const codec = (name, cid) => new SimulcastCodec({ codec: name, cid });
        ann.send('addTrack', camera('cid-cam', { simulcastCodecs: [codec('vp9', 'cid-cam'), codec('vp8', '')] }));
        const { track } = (await ann.next('trackPublished')).value;
        assert.deepEqual(track.codecs.map((c) => [c.mimeType.toLowerCase(), c.cid]), [['video/vp9', 'cid-cam'], ['video/vp8', '']]);
        const first = { kind: 'video', direction: 'sendonly', cid: 'cid-cam' };
        ann.send('offer', offer(offerSdp([...preallocated, first]), 1));
        const wanted = (await ann.next('subscribedQualityUpdate')).value.subscribedCodecs;
        assert.deepEqual(wanted.map((c) => [c.codec, c.qualities.length, c.qualities.some((q) => q.enabled)]), [['vp9', 3, true], ['vp8', 3, false]]);

        const asked = ann.send('addTrack', camera('cid-backup', { sid: track.sid, simulcastCodecs: [codec('vp8', 'cid-backup')] }));
        const again = await ann.next('trackPublished', (m) => m.cid === 'cid-backup');
        assert.ok(again.atMillis - asked < 1000);
        assert.equal(again.value.track.sid, track.sid);
        assert.equal(again.value.track.mimeType.toLowerCase(), 'video/vp9');
        assert.deepEqual(again.value.track.codecs.map((c) => [c.mimeType.toLowerCase(), c.cid]), [['video/vp9', 'cid-cam'], ['video/vp8', 'cid-backup']]);
        // A screen that waits for its m-line does not get that of the backup.
        ann.send('addTrack', camera('cid-screen', { source: TrackSource.SCREEN_SHARE }));
        await ann.next('trackPublished', (m) => m.cid === 'cid-screen');
        ann.send('offer', offer(offerSdp([...preallocated, first, { ...first, cid: 'cid-backup' }], { version: 3 }), 2));
        const sections = sectionsOf((await ann.next('answer', (m) => m.id === 2)).value.sdp);
        assert.deepEqual(sections.slice(-2).map((s) => s.direction), ['recvonly', 'inactive']);
        bob.send('ping', 1n);
        await bob.next('pong');
        assert.deepEqual(bob.participant('ann').tracks.map((t) => [t.sid, t.mimeType.toLowerCase()]), [[track.sid, 'video/vp9']]);
      }),
    );

    it('refuses a backup codec for tracks of others and tracks that are not there, NOT_FOUND', inRoom('nobackup', path, async ({ join }) => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      bob.send('addTrack', camera('cid-bob'));
      const { track } = (await bob.next('trackPublished')).value;
      for (const sid of [track.sid, 'TR_nothing']) {
        const from = ann.position;
        ann.send('addTrack', camera('cid-backup', { sid, simulcastCodecs: [new SimulcastCodec({ codec: 'vp8', cid: 'cid-backup' })] }));
        const refused = await ann.next('requestResponse', undefined, { from });
        assert.equal(refused.value.reason, reason.NOT_FOUND);
        assert.equal(refused.value.request.value.sid, sid);
        assert.equal(refused.value.request.value.cid, 'cid-backup');
      }
      assert.equal(ann.of('trackPublished').length, 0);
    }));

    it('applies metadata, name and attributes to everybody within 1 s and answers OK', inRoom('meta', path, async ({ join }) => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      const asked = ann.send(
        'updateMetadata',
        new UpdateParticipantMetadata({ metadata: 'new', name: 'Ann B.', attributes: { a: '1', b: '2' }, requestId: 7 }),
      );
      const named = (update) => update.participants.find((p) => p.identity === 'ann' && p.name === 'Ann B.' && p.metadata === 'new' && p.attributes.b === '2');
      const own = await ann.next('update', named);
      await bob.next('update', named);
      assert.ok(own.atMillis - asked < 1000);
      const { metadata, attributes } = named(own.value);
      assert.equal(metadata, 'new');
      assert.deepEqual(attributes, { a: '1', b: '2' });
      const ok = await ann.next('requestResponse', (m) => m.requestId === 7);
      assert.equal(ok.value.reason, reason.OK);
      ann.send('updateMetadata', new UpdateParticipantMetadata({ attributes: { a: '' }, requestId: 8 }));
      await ann.next('update', (u) => u.participants.some((p) => p.identity === 'ann' && !('a' in p.attributes) && p.attributes.b === '2'));
    }));

    it('refuses metadata without canUpdateOwnMetadata', inRoom('nometa', path, async ({ join }) => {
      const ann = await join('ann', { video: { canUpdateOwnMetadata: false } });
      ann.send('updateMetadata', new UpdateParticipantMetadata({ name: 'x', requestId: 3 }));
      const refused = await ann.next('requestResponse');
      assert.equal(refused.value.requestId, 3);
      assert.equal(refused.value.reason, reason.NOT_ALLOWED);
      assert.notEqual(refused.value.message, '');
    }));

    it('grows the version of a participant with every change', inRoom('version', path, async ({ join }) => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      const versions = [bob.participant('ann').version];
      for (const metadata of ['1', '2', '3']) {
        ann.send('updateMetadata', new UpdateParticipantMetadata({ metadata }));
        const seen = await bob.next('update', (u) => u.participants.some((p) => p.identity === 'ann' && p.metadata === metadata));
        versions.push(seen.value.participants.find((p) => p.identity === 'ann').version);
      }
      versions.reduce((last, next) => (assert.ok(next > last, String(versions)), next));
    }));

    it('ends the first session of an identity that joins twice, and others keep exactly one', inRoom('twice', path, async ({ join }) => {
      const bob = await join('bob');
      const first = await join('ann');
      await bob.next('update', (u) => u.participants.some((p) => p.sid === first.sid));
      const second = await join('ann');
      const left = await first.next('leave');
      assert.equal(left.value.reason, 2, 'DUPLICATE_IDENTITY');
      assert.equal(left.value.action, 0, 'DISCONNECT');
      await bob.next('update', (u) => u.participants.some((p) => p.sid === second.sid));
      assert.notEqual(second.sid, first.sid);
      const about = bob.of('update').flatMap((m) => m.value.participants).filter((p) => p.identity === 'ann');
      const arrival = about.findIndex((p) => p.sid === second.sid);
      assert.ok(!about.slice(arrival).some((p) => p.state === 3), 'no DISCONNECTED after the new one was seen');
      assert.ok(!second.of('update').flatMap((m) => m.value.participants).some((p) => p.sid === first.sid));
    }));

    it('tells the others at once when somebody who published leaves', inRoom('leave', path, async ({ join }) => {
      const bob = await join('bob');
      const ann = await join('ann');
      ann.send('addTrack', microphone('cid-mic'));
      await ann.next('trackPublished');
      ann.send('offer', offer(offerSdp([...(v1 ? preallocated : []), { kind: 'audio', direction: 'sendonly', cid: 'cid-mic' }]), 1));
      await bob.next('update', (u) => u.participants.some((p) => p.identity === 'ann' && p.tracks.length > 0));
      const gone = performance.now();
      await ann.leave();
      const update = await bob.next('update', (u) => u.participants.some((p) => p.identity === 'ann' && p.state === 3));
      // What concerns listeners may wait three seconds for company.
      assert.ok(update.atMillis - gone < 1500, `${update.atMillis - gone} ms`);
      assert.equal(update.value.participants.find((p) => p.identity === 'ann').disconnectReason, 1);
    }));

    it('handles a leave whose socket closes right behind it', inRoom('pageleave', path, async ({ join }) => {
      const bob = await join('bob');
      const ann = await join('ann');
      await bob.next('update', (u) => u.participants.some((p) => p.identity === 'ann'));
      ann.send('leave', { reason: 1 });
      ann.close();
      const update = await bob.next('update', (u) => u.participants.some((p) => p.identity === 'ann' && p.state === 3));
      assert.equal(update.value.participants.find((p) => p.identity === 'ann').disconnectReason, 1);
    }));

    it('never announces hidden participants', inRoom('hidden', path, async ({ join }) => {
      const bob = await join('bob');
      const ghost = await join('ghost', { video: { hidden: true } });
      const cem = await join('cem');
      assert.deepEqual(cem.joined.otherParticipants.map((p) => p.identity), ['bob']);
      assert.deepEqual(ghost.joined.otherParticipants.map((p) => p.identity), ['bob']);
      await bob.next('update', (u) => u.participants.some((p) => p.identity === 'cem'));
      assert.equal(bob.participant('ghost'), undefined);
    }));

    it('prefixes every id: PA_, TR_, RM_', inRoom('ids', path, async ({ join }) => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      ann.send('addTrack', microphone('cid'));
      const { track } = (await ann.next('trackPublished')).value;
      assert.match(track.sid, /^TR_\w+/);
      for (const p of [ann.joined.participant, bob.joined.participant, ...bob.joined.otherParticipants]) assert.match(p.sid, /^PA_\w+/);
      assert.match(ann.joined.room.sid, /^RM_\w+/);
    }));

    it('ignores what it does not know', inRoom('unknown', path, async ({ join }) => {
      const ann = await join('ann');
      ann.send('subscription', new UpdateSubscription({ trackSids: ['TR_nothing'], subscribe: true }));
      ann.send('subscriptionPermission', new SubscriptionPermission({ allParticipants: true }));
      ann.send('mute', new MuteTrackRequest({ sid: 'TR_nothing', muted: true }));
      ann.send('ping', 1n);
      await ann.next('pong');
    }));
  });
}

describe('Signalling of one PeerConnection', () => {
  it('accepts the join request gzipped and plain, padded, in request lines of 8 kB and more', async () => {
    const room = freshRoom('wrap');
    for (const gzip of [true, false]) {
      for (const extra of [0, 6, 24]) {
        const sdp = offerSdp([...preallocated, ...Array(extra).fill({ kind: 'video' })]);
        const ann = await SignalClient.join({ identity: `ann-${gzip}-${extra}`, room, gzip, join: { publisherOffer: offer(sdp, 1) } });
        await ann.next('answer', (m) => m.id === 1);
        await ann.leave();
      }
    }
  });

  it('answers the offer inside the join request with its id, unasked, and with candidates', inRoom('bundled', '/rtc/v1', async ({ join }) => {
    const ann = await join('ann', { join: { publisherOffer: offer(offerSdp(preallocated), 1) } });
    const { value } = await ann.next('answer');
    assert.equal(value.id, 1);
    assert.equal(value.type, 'answer');
    const sections = sectionsOf(value.sdp);
    assert.deepEqual(sections.map((s) => [s.kind, s.mid]), preallocated.map((s, mid) => [s.kind, String(mid)]));
    for (const section of sections.slice(0, 6)) {
      assert.ok(['sendonly', 'inactive'].includes(section.direction), section.direction);
      assert.ok(['active', 'passive'].includes(section.setup), section.setup);
    }
    assert.match(value.sdp, /a=fingerprint:sha-256 /);
    const cases = ann.messages.map((m) => m.case);
    assert.ok(cases.indexOf('refreshToken') < cases.indexOf('answer'), String(cases));
    const last = await ann.next('trickle', (m) => m.final);
    assert.ok(last);
    for (const { value: trickle } of ann.of('trickle')) {
      const candidate = JSON.parse(trickle.candidateInit);
      assert.equal(typeof candidate.candidate, 'string');
      assert.notEqual(candidate.candidate, '');
      assert.equal(typeof candidate.sdpMid, 'string');
      assert.equal(typeof candidate.sdpMLineIndex, 'number');
      assert.equal(trickle.target, 0);
    }
  }));

  it('answers two quick offers each with its own id, in order', inRoom('two', '/rtc/v1', async ({ join }) => {
    const ann = await join('ann');
    ann.send('offer', offer(offerSdp(preallocated), 5));
    ann.send('offer', offer(offerSdp([...preallocated, { kind: 'audio' }], { version: 3 }), 6));
    await ann.next('answer', (m) => m.id === 6);
    assert.deepEqual(ann.of('answer').map((m) => m.value.id), [5, 6]);
    assert.equal(sectionsOf(ann.of('answer')[1].value.sdp).length, 8);
  }));

  it('publishes what the join request asks for', inRoom('early', '/rtc/v1', async ({ join }) => {
    const ann = await join('ann', {
      join: {
        addTrackRequests: [microphone('cid-mic')],
        publisherOffer: offer(offerSdp([...preallocated, { kind: 'audio', direction: 'sendonly', cid: 'cid-mic' }]), 1),
      },
    });
    const published = await ann.next('trackPublished');
    assert.equal(published.value.cid, 'cid-mic');
    const { value } = await ann.next('answer');
    assert.equal(sectionsOf(value.sdp)[7].direction, 'recvonly');
  }));

  it('asks for usedtx and nack in the answer for Opus', inRoom('dtx', '/rtc/v1', async ({ join }) => {
    const ann = await join('ann');
    ann.send('addTrack', microphone('cid-mic', { disableRed: true }));
    await ann.next('trackPublished');
    ann.send('offer', offer(offerSdp([...preallocated, { kind: 'audio', direction: 'sendonly', cid: 'cid-mic' }]), 1));
    const section = sectionsOf((await ann.next('answer')).value.sdp)[7];
    assert.ok(section.lines.some((line) => /^a=fmtp:111 .*usedtx=1/.test(line)), section.lines.join('\n'));
    assert.equal(section.lines[0].split(' ')[3], '111', 'Opus comes first');
  }));
});

describe('Signalling of two PeerConnections', () => {
  it('offers a data section at once, even in an empty room, and never an offer id twice', inRoom('empty', '/rtc', async ({ join }) => {
    const ann = await join('ann');
    const { value } = await ann.next('offer');
    assert.equal(value.type, 'offer');
    assert.ok(value.id > 0);
    assert.deepEqual(sectionsOf(value.sdp).map((s) => s.kind), ['application']);
    assert.match(value.sdp, /a=setup:actpass/);
  }));

  it('answers publisher offers with their id, the 0 of the native clients too', inRoom('zero', '/rtc', async ({ join }) => {
    const ann = await join('ann');
    ann.send('offer', offer(offerSdp([{ kind: 'application' }]), 0));
    assert.equal((await ann.next('answer')).value.id, 0);
  }));

  it('takes attributes from the query', async () => {
    const room = freshRoom('query');
    const attributes = Buffer.from(JSON.stringify({ hello: 'wörld' })).toString('base64url');
    const padded = attributes.padEnd(Math.ceil(attributes.length / 4) * 4, '=');
    const ann = await SignalClient.join({ path: '/rtc', identity: 'ann', room, query: v0Query({ attributes: padded }) });
    assert.deepEqual(ann.joined.participant.attributes, { hello: 'wörld' });
    const bob = await SignalClient.join({ path: '/rtc', identity: 'bob', room });
    assert.deepEqual(bob.participant('ann').attributes, { hello: 'wörld' });
    await ann.leave();
    await bob.leave();
  });

  it('tolerates the empty query segments of the Go SDK', async () => {
    const ann = await SignalClient.join({
      path: '/rtc',
      identity: 'ann',
      room: freshRoom('go'),
      query: 'version=2.18.2&protocol=17&&auto_subscribe=1&sdk=go',
      bearer: true,
    });
    await ann.leave();
  });
});

describe('Token refresh', () => {
  it('gives a token that validates and keeps grants, name, metadata and attributes', inRoom('keep', '/rtc/v1', async ({ join, room }) => {
    const ann = await join('ann', {
      video: { canPublishSources: ['microphone'] },
      claims: { name: 'Ann', metadata: 'm', attributes: { a: '1' } },
    });
    const fresh = (await ann.next('refreshToken')).value;
    const claims = claimsOf(fresh);
    assert.equal(claims.sub, 'ann');
    assert.equal(claims.name, 'Ann');
    assert.equal(claims.metadata, 'm');
    assert.deepEqual(claims.attributes, { a: '1' });
    assert.equal(claims.video.room, room);
    assert.equal(claims.video.roomJoin, true);
    assert.deepEqual(claims.video.canPublishSources, ['microphone']);
    const answer = await validate('/rtc', fresh, v0Query());
    assert.equal(answer.status, 200, answer.text);
  }));

  it(
    'keeps claims that it does not know',
    { skip: referenceDiffers('it drops unknown claims') },
    inRoom('claims', '/rtc/v1', async ({ join }) => {
      const ann = await join('ann', { claims: { 'org.example.tenant': { id: 7 } } });
      const claims = claimsOf((await ann.next('refreshToken')).value);
      assert.deepEqual(claims['org.example.tenant'], { id: 7 });
    }),
  );

  it('outlives a token that was about to expire', inRoom('expire', '/rtc/v1', async ({ join, room }) => {
    const ann = await join('ann', { claims: { ttlSeconds: 5 } });
    const fresh = (await ann.next('refreshToken')).value;
    assert.ok(claimsOf(fresh).exp - Date.now() / 1000 >= 590);
    assert.equal(claimsOf(fresh).video.room, room);
  }));

  it('sends a fresh token after a change of name', inRoom('name', '/rtc/v1', async ({ join }) => {
    const ann = await join('ann');
    await ann.next('refreshToken');
    const from = ann.position;
    ann.send('updateMetadata', new UpdateParticipantMetadata({ name: 'Ann the Second' }));
    const fresh = await ann.next('refreshToken', (jwt) => claimsOf(jwt).name === 'Ann the Second', { from });
    assert.ok(fresh);
  }));

  it(
    'repeats it at the configured interval',
    { skip: skipUnlessServing || referenceDiffers('its interval of 5 min is fixed') },
    async () => {
      const of = await startServer({ config: 'room:\n  token_refresh_interval: 1s\n' });
      const ann = await SignalClient.join({ of, identity: 'ann', room: freshRoom('interval') });
      await until('three tokens', () => ann.of('refreshToken').length >= 3, { timeoutMillis: 6000 });
      await ann.leave();
      await of.stop();
    },
  );
});
