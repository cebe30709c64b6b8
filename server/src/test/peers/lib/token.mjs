// Access tokens, signed by hand: the tests must be able to make wrong ones too.
import { createHmac, randomBytes } from 'node:crypto';

const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1000);

/** Signs `claims` as they are. */
export function sign(claims, secret, header = { alg: 'HS256', typ: 'JWT' }) {
  const body = `${part(header)}.${part(claims)}`;
  const digest = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }[header.alg];
  const signature = digest ? createHmac(digest, secret).update(body).digest('base64url') : '';
  return `${body}.${signature}`;
}

/** The claims of an ordinary participant; `video` is merged over a plain join grant. */
export function claimsFor({ key, identity, room, video = {}, ttlSeconds = 3600, ...rest }) {
  return {
    iss: key,
    sub: identity,
    nbf: seconds() - 5,
    exp: seconds() + ttlSeconds,
    video: { roomJoin: true, room, canUpdateOwnMetadata: true, ...video },
    ...rest,
  };
}

export function token(server, options) {
  return sign(claimsFor({ key: server.key, ...options }), server.secret);
}

export function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
}

/** A room name that no other test uses. */
export const freshRoom = (stem) => `${stem}-${randomBytes(4).toString('hex')}`;
