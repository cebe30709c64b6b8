// The plain HTTP side: who may join, and what the refusals say.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { get, httpUrl, referenceDiffers, server, skipUnlessServing, startServer } from './lib/server.mjs';
import { joinRequest, RefusedUpgrade, SignalClient, validate, v0Query } from './lib/signal.mjs';
import { claimsFor, freshRoom, sign, token } from './lib/token.mjs';

const asV1 = () => `join_request=${encodeURIComponent(joinRequest())}`;
const room = freshRoom('http');
const good = () => token(server, { identity: 'ann', room });
const claims = (more) => claimsFor({ key: server.key, identity: 'ann', room, ...more });

describe('The HTTP side', () => {
  it('answers GET / with 200 OK', async () => {
    const answer = await get(`${httpUrl()}/`);
    assert.equal(answer.status, 200);
    assert.equal(answer.text.trim(), 'OK');
  });

  for (const [path, query] of [['/rtc/v1', asV1()], ['/rtc', v0Query()]]) {
    it(`validates a good token on ${path} for any origin`, async () => {
      const answer = await validate(path, good(), query, { headers: { origin: 'https://somewhere.example' } });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.text.trim(), 'success');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
    });

    it(`validates a token in the Authorization header on ${path}`, async () => {
      const answer = await validate(path, undefined, query, { headers: { authorization: `Bearer ${good()}` } });
      assert.equal(answer.status, 200, answer.text);
    });

    const refusals = {
      'an expired token': [() => sign(claims({ ttlSeconds: -3600 }), server.secret), 401],
      'a wrong signature': [() => sign(claims(), `${server.secret}-not`), 401],
      'an unknown key': [() => sign({ ...claims(), iss: 'nobody' }, server.secret), 401],
      'another algorithm than HS256': [() => sign(claims(), server.secret, { alg: 'HS512', typ: 'JWT' }), 401],
      'no signature at all': [() => sign(claims(), server.secret, { alg: 'none', typ: 'JWT' }), 401],
      'a token without expiry': [
        () => {
          const { exp, ...rest } = claims();
          return sign(rest, server.secret);
        },
        401,
      ],
      'a token without roomJoin': [() => sign(claims({ video: { roomJoin: false } }), server.secret), 401],
      'a token without identity': [() => sign({ ...claims(), sub: undefined }, server.secret), 400],
      'a token without a room': [() => sign(claims({ video: { room: undefined } }), server.secret), 400],
      'an identity longer than 256 characters': [() => sign({ ...claims(), sub: 'a'.repeat(300) }, server.secret), 400],
      'something that is no token': [() => 'not-a-token', 401],
      'no token': [() => undefined, 401],
    };
    for (const [what, [make, status]] of Object.entries(refusals)) {
      const skip = what === 'a token without expiry' && referenceDiffers('it accepts tokens without exp');
      it(`refuses ${what} on ${path}`, { skip }, async () => {
        const answer = await validate(path, make(), query);
        assert.equal(answer.status, status, answer.text);
        assert.notEqual(answer.text.trim(), '', 'a text body says why');
        assert.equal(answer.headers['access-control-allow-origin'], '*');
      });
    }

    it(`takes the room from the token alone on ${path}`, async () => {
      const ann = await SignalClient.join({ path, identity: 'ann', room, accessToken: good() });
      assert.equal(ann.joined.room.name, room);
      await ann.leave();
    });

    it(`refuses the upgrade of a wrongly signed token on ${path}`, async () => {
      await assert.rejects(
        SignalClient.connect({ path, identity: 'ann', room, accessToken: sign(claims(), `${server.secret}-not`) }),
        (error) => error instanceof RefusedUpgrade && error.status === 401,
      );
    });
  }

  it('refuses /rtc/v1/validate without join_request, and with a broken one', async () => {
    assert.equal((await validate('/rtc/v1', good())).status, 400);
    assert.equal((await validate('/rtc/v1', good(), 'join_request=%25%25%25')).status, 400);
    assert.equal((await validate('/rtc/v1', good(), 'join_request=AAAA')).status, 400);
  });

  it('answers a preflight for validate permissively', async () => {
    const answer = await get(`${httpUrl()}/rtc/v1/validate?access_token=x`, {
      method: 'OPTIONS',
      headers: { origin: 'https://somewhere.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
    assert.ok([200, 204].includes(answer.status), String(answer.status));
    assert.ok(['*', 'https://somewhere.example'].includes(answer.headers['access-control-allow-origin']));
  });

  it('answers 404 for unknown paths and for /rtc/v1 without an upgrade', async () => {
    assert.equal((await get(`${httpUrl()}/no/such/path`)).status, 404);
    assert.equal((await get(`${httpUrl()}/rtc/v1?access_token=${good()}&${asV1()}`)).status, 404);
  });
});

describe('A server with auto_create off', { skip: skipUnlessServing }, () => {
  let strict;
  before(async () => {
    strict = await startServer({ config: 'room:\n  auto_create: false\n' });
  });
  after(() => strict?.stop());

  for (const [path, query] of [['/rtc/v1', asV1()], ['/rtc', v0Query()]]) {
    it(`answers 404 with its reason for an unknown room on ${path}, validate and upgrade`, async () => {
      const options = { of: strict, identity: 'ann', room: freshRoom('none') };
      const answer = await validate(path, token(strict, options), query, { of: strict });
      assert.equal(answer.status, 404);
      assert.match(answer.text, /requested room does not exist/);
      await assert.rejects(
        SignalClient.connect({ path, ...options }),
        (error) => error instanceof RefusedUpgrade && error.status === 404 && /requested room does not exist/.test(error.text),
      );
    });

    it(`lets a token with roomCreate make the room on ${path}`, async () => {
      const made = freshRoom('made');
      const ann = await SignalClient.join({ of: strict, path, identity: 'ann', room: made, video: { roomCreate: true } });
      const bob = await SignalClient.join({ of: strict, path, identity: 'bob', room: made });
      assert.equal(bob.joined.room.sid, ann.joined.room.sid);
      await ann.leave();
      await bob.leave();
    });
  }
});

describe('A server with max_participants 2', { skip: skipUnlessServing }, () => {
  let small;
  before(async () => {
    small = await startServer({ config: 'room:\n  max_participants: 2\n' });
  });
  after(() => small?.stop());

  it('refuses the third upgrade with 5xx, while validate still says success', async () => {
    const full = freshRoom('full');
    const ann = await SignalClient.join({ of: small, identity: 'ann', room: full });
    const bob = await SignalClient.join({ of: small, identity: 'bob', room: full });
    const third = { of: small, identity: 'cem', room: full };
    assert.equal((await validate('/rtc/v1', token(small, third), asV1(), { of: small })).status, 200);
    await assert.rejects(SignalClient.connect(third), (error) => error instanceof RefusedUpgrade && error.status >= 500);
    await ann.leave();
    await SignalClient.join({ ...third }).then((cem) => cem.leave());
    await bob.leave();
  });
});
