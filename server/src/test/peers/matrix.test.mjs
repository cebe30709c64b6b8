// Users of two real Synapses get in through the token service, and no further than they may.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { RequestResponse_Reason, TrackType } from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { httpsServer, startHomeservers } from './lib/homeservers.mjs';
import { synapse } from './lib/python.mjs';
import { freePort, httpUrl, skipUnless, skipUnlessServing, startServer, startTokenService } from './lib/server.mjs';
import { joinRequest, SignalClient, validate } from './lib/signal.mjs';
import { claimsOf } from './lib/token.mjs';
import { pause, until } from './lib/wait.mjs';

const problem = synapse.prepare();
const skip = skipUnlessServing || skipUnlessChromium || skipUnless(!problem, `no Synapse here: ${problem}`);

// No string in these tests has anything that JSON.stringify would write otherwise than canonical JSON does.
const hash = (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('base64').replace(/=+$/, '');

describe('Users of two homeservers', { skip }, () => {
  let homeservers;
  let browser;
  let alice;
  let bob;
  const servers = [];
  const peers = [];

  const serve = async (more = '') => {
    const server = await startServer({
      config: (port) => `matrix:
  url: ws://127.0.0.1:${port}/livekit/sfu
  full_access_homeservers: ${homeservers.alpha.name}
  ca_file: ${homeservers.authority.certificate}
  allowed_networks: [10.99.0.0/24]
${more}`,
    });
    servers.push(server);
    return server;
  };

  before(async () => {
    assert.equal(problem, undefined);
    // One after the other: each alone keeps two cores busy.
    homeservers = await startHomeservers();
    browser = await launchChromium();
    [alice, bob] = await Promise.all([homeservers.alpha.register('alice'), homeservers.beta.register('bob')]);
  });
  after(async () => {
    await Promise.all(peers.map((peer) => peer.close()));
    await browser?.close();
    await Promise.all(servers.map((server) => server.stop()));
    await homeservers?.stop();
  });

  const post = async (server, path, body) => {
    const response = await fetch(`${httpUrl(server)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    return { status: response.status, ...(await response.json()) };
  };

  const getToken = async (server, user, room, { openid, member = {} } = {}) =>
    post(server, '/livekit/jwt/get_token', {
      room_id: room,
      slot_id: 'm.call#ROOM',
      openid_token: openid ?? (await user.openIdToken()),
      member: { id: 'member1', claimed_user_id: user.id, claimed_device_id: user.deviceId, ...member },
    });

  const getLegacy = async (server, user, room) =>
    post(server, '/sfu/get', { room, openid_token: await user.openIdToken(), device_id: user.deviceId });

  const page = async (name, answer) => {
    assert.equal(answer.status, 200, JSON.stringify(answer));
    const peer = await PagePeer.open(browser, name);
    peers.push(peer);
    peer.identity = claimsOf(answer.jwt).sub;
    await peer.join({ of: answer, accessToken: answer.jwt });
    return peer;
  };

  /** Another room of the same two for each test. */
  const roomOfBoth = async () => {
    const room = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(room, homeservers.alpha.name);
    return room;
  };

  it('federate', async () => {
    const room = await roomOfBoth();
    await until('alice sees bob', async () => (await alice.members(room)).includes(bob.id));
  });

  describe('by default', { skip }, () => {
    let server;
    let room;
    let alicesPage;

    before(async () => {
      server = await serve();
      room = await roomOfBoth();
    });

    it('get tokens whose identity and room are hashes that clients work out too', async () => {
      const answer = await getToken(server, alice, room);
      assert.equal(answer.status, 200, JSON.stringify(answer));
      assert.equal(answer.url, `${server.url}/livekit/sfu`);
      const claims = claimsOf(answer.jwt);
      assert.equal(claims.sub, hash(alice.id, alice.deviceId, 'member1'));
      assert.equal(claims.video.room, hash(room, 'm.call#ROOM'));
      assert.equal(claims.video.canPublish, true);
      const legacy = await getLegacy(server, alice, room);
      assert.equal(claimsOf(legacy.jwt).sub, `${alice.id}:${alice.deviceId}`);
      assert.equal(claimsOf(legacy.jwt).video.room, claims.video.room);
    });

    it("get tokens that LiveKit's own verifier takes, with its claims and one of ours", async () => {
      const full = await getToken(server, alice, room);
      const restricted = await getToken(server, bob, room);
      for (const [user, answer, canPublish] of [[alice, full, true], [bob, restricted, false]]) {
        const { nbf, exp, tributary, ...claims } = await new TokenVerifier(server.key, server.secret).verify(answer.jwt);
        assert.equal(exp - nbf, 3600);
        assert.equal(typeof tributary, 'object');
        assert.deepEqual(claims, {
          iss: server.key,
          sub: hash(user.id, user.deviceId, 'member1'),
          video: {
            room: hash(room, 'm.call#ROOM'),
            roomJoin: true,
            roomCreate: false,
            canPublish,
            canSubscribe: true,
            canUpdateOwnMetadata: true,
          },
        });
      }
      await assert.rejects(new TokenVerifier(server.key, 'another secret').verify(full.jwt));
    });

    it('get tokens that a page reads with a bare atob, whatever the device is called', async () => {
      const reader = await PagePeer.open(browser, 'reader');
      peers.push(reader);
      let awkward = 0;
      // Three bytes become four characters: each of these begins at another of the three.
      for (const before of ['', 'x', 'xx']) {
        const deviceId = `${before}~?>\u00e9~?>\u00e9`;
        const answer = await post(server, '/sfu/get', { room, openid_token: await alice.openIdToken(), device_id: deviceId });
        assert.equal(answer.status, 200, JSON.stringify(answer));
        const claims = await reader.evaluate((jwt) => JSON.parse(atob(jwt.split('.')[1])), answer.jwt);
        assert.deepEqual(claims, claimsOf(answer.jwt));
        assert.equal(claims.sub, `${alice.id}:${deviceId}`);
        awkward += /[-_]/.test(Buffer.from(JSON.stringify(claims)).toString('base64url')) ? 1 : 0;
      }
      assert.ok(awkward > 0, 'written as usual, some of them would have had characters that atob does not take');
    });

    it('see and hear each other as they may: the homeserver that is listed is seen, the other one sees', async () => {
      alicesPage = await page('alice', await getToken(server, alice, room));
      await alicesPage.call('publishVideo', { width: 320, height: 180, color: '#d02020' });
      await alicesPage.call('publishAudio');
      const answer = await getToken(server, bob, room);
      assert.equal(claimsOf(answer.jwt).video.canPublish, false);
      const bobsPage = await page('bob', answer);
      await Promise.all([
        bobsPage.decodesVideo(alicesPage.identity, { timeoutMillis: 30_000 }),
        bobsPage.hears(alicesPage.identity, { timeoutMillis: 30_000 }),
      ]);
      // Whoever may not publish is not shown.
      assert.deepEqual(await alicesPage.evaluate(() => [...harness.room.remoteParticipants.keys()]), []);
      const failure = await bobsPage.call('publishVideo', { width: 320, height: 180 }).then(() => undefined, String);
      assert.match(failure ?? 'published', /permission/i);
    });

    it('publish nothing by signalling either', async () => {
      const fresh = await getToken(server, bob, room, { member: { id: 'member2' } });
      const raw = await SignalClient.join({ of: { ...server, url: fresh.url }, accessToken: fresh.jwt });
      try {
        raw.send('addTrack', { cid: 'camera', type: TrackType.VIDEO });
        const refusal = await raw.next('requestResponse');
        assert.equal(refusal.value.reason, RequestResponse_Reason.NOT_ALLOWED);
      } finally {
        raw.close();
      }
      assert.deepEqual(await alicesPage.events('subscribed'), []);
    });

    it('are held at the door of a room that is not there yet, for three seconds', async () => {
      const later = await roomOfBoth();
      const early = await getToken(server, bob, later);
      const path = '/livekit/sfu/rtc/v1';
      assert.equal((await validate(path, early.jwt, `join_request=${joinRequest()}`, { of: server })).status, 404, 'asking is answered at once');
      // Verified tokens are remembered: then the door needs nobody else within the three seconds.
      const openid = await alice.openIdToken();
      assert.equal((await getToken(server, alice, await roomOfBoth(), { openid })).status, 200);
      const joining = SignalClient.join({ of: { ...server, url: early.url }, accessToken: early.jwt });
      await pause(500);
      assert.equal((await getToken(server, alice, later, { openid })).status, 200);
      (await joining).close();
      const nowhere = await getToken(server, bob, await roomOfBoth());
      const asked = performance.now();
      const refused = await SignalClient.join({ of: { ...server, url: nowhere.url }, accessToken: nowhere.jwt }).then(
        () => 'joined', String);
      const heldSeconds = (performance.now() - asked) / 1000;
      assert.match(refused, /404/);
      assert.ok(heldSeconds >= 3 && heldSeconds < 15, `held for ${heldSeconds} s`);
    });

    it('are refused with forged, expired, foreign and claimed tokens', async () => {
      const unauthorized = async (user, options) => {
        const answer = await getToken(server, user, room, options);
        assert.equal(answer.status, 401, JSON.stringify(answer));
        assert.equal(answer.errcode, 'M_UNAUTHORIZED');
      };
      const genuine = await bob.openIdToken();
      await unauthorized(bob, { openid: { ...genuine, access_token: `${genuine.access_token}x` } });
      // Of somebody else; of another homeserver.
      await unauthorized(alice, { openid: genuine });
      await unauthorized(bob, { openid: { ...genuine, matrix_server_name: homeservers.alpha.name } });
      const expired = await bob.openIdToken();
      homeservers.beta.expireOpenIdToken(expired.access_token);
      await unauthorized(bob, { openid: expired });
    });

    it('are not impersonated by a homeserver that vouches for foreign users', async () => {
      const port = await freePort();
      let asked = 0;
      const mallory = await httpsServer(homeservers.authority, 'mallory.test', port, (request, response) => {
        asked += request.url.startsWith('/_matrix/federation/v1/openid/userinfo') ? 1 : 0;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ sub: alice.id }));
      });
      try {
        const openid = { access_token: 'any', token_type: 'Bearer', matrix_server_name: `mallory.test:${port}`, expires_in: 3600 };
        const answer = await getToken(server, alice, room, { openid });
        assert.equal(answer.status, 401, JSON.stringify(answer));
        assert.equal(asked, 1, 'it was asked, and not believed');
      } finally {
        await mallory.stop();
      }
    });
  });

  it('publish from elsewhere under legacy-only, by the older endpoint and into rooms that exist', async () => {
    const server = await serve('  federated_publish: legacy-only\n');
    const room = await roomOfBoth();
    const early = await getLegacy(server, bob, room);
    assert.equal((await validate('/livekit/sfu/rtc/v1', early.jwt, `join_request=${joinRequest()}`, { of: server })).status, 404, 'and make none');
    const alicesPage = await page('alice', await getLegacy(server, alice, room));
    const bobsPage = await page('bob', await getLegacy(server, bob, room));
    await bobsPage.call('publishVideo', { width: 320, height: 180, color: '#2020d0' });
    await alicesPage.decodesVideo(bobsPage.identity, { timeoutMillis: 30_000 });
    const modern = await getToken(server, bob, room);
    assert.equal(claimsOf(modern.jwt).video.canPublish, false);
  });

  it('get in through the token service alone, in front of a server that knows nothing of Matrix', async () => {
    const sfu = await startServer({ config: 'room:\n  auto_create: false\n' });
    servers.push(sfu);
    const door = await startTokenService({
      LIVEKIT_URL: sfu.url,
      LIVEKIT_KEY: sfu.key,
      LIVEKIT_SECRET: sfu.secret,
      LIVEKIT_FULL_ACCESS_HOMESERVERS: homeservers.alpha.name,
    }, `matrix:
  ca_file: ${homeservers.authority.certificate}
  allowed_networks: [10.99.0.0/24]
`);
    servers.push(door);
    const room = await roomOfBoth();
    const answer = await getToken(door, alice, room);
    assert.equal(answer.url, sfu.url);
    const alicesPage = await page('alice', answer);
    await alicesPage.call('publishVideo', { width: 320, height: 180, color: '#d02020' });
    const bobsPage = await page('bob', await getToken(door, bob, room));
    await bobsPage.decodesVideo(alicesPage.identity, { timeoutMillis: 30_000 });
  });
});
