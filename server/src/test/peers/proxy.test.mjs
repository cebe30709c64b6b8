// The reverse proxies that deploy/ recommends, as Debian packages them, in front of a server.
import assert from 'node:assert/strict';
import https from 'node:https';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Authority } from './lib/homeservers.mjs';
import { prepare, startProxy } from './lib/proxies.mjs';
import { freePort, skipUnless, skipUnlessServing, startServer } from './lib/server.mjs';
import { joinRequest, SignalClient } from './lib/signal.mjs';
import { freshRoom, token } from './lib/token.mjs';

const problem = prepare();
const skip = skipUnlessServing || skipUnless(!problem, problem);
const NAME = 'rtc.alpha.test';

for (const proxy of ['nginx', 'caddy']) {
  describe(`Behind ${proxy}`, { skip }, () => {
    let directory;
    let server;
    let running;
    let ca;
    let port;

    const ask = (path, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((done, fail) => {
        const request = https.request(
          { host: '127.0.0.1', port, servername: NAME, path, method, ca, agent: false,
            headers: { host: NAME, ...headers } },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (data) => (text += data));
            response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
          },
        );
        request.setTimeout(5000, () => request.destroy(new Error(`no answer from ${path}`)));
        request.on('error', fail);
        request.end(body);
      });

    before(async () => {
      assert.equal(problem, undefined);
      directory = mkdtempSync(join(tmpdir(), 'tributary-proxy-'));
      const authority = new Authority(directory);
      ca = readFileSync(authority.certificate);
      port = await freePort();
      server = await startServer({
        config: `matrix:\n  url: wss://${NAME}:${port}/livekit/sfu\n  full_access_homeservers: alpha.test\n`,
      });
      running = await startProxy(proxy, {
        backend: new URL(server.url).port,
        port,
        ...authority.issue(NAME),
        answers: async () => (await ask('/')).status === 200,
      });
    });
    after(async () => {
      await running?.stop();
      await server?.stop();
      if (directory) rmSync(directory, { recursive: true, force: true });
    });

    it('answers a browser of another origin, once', async () => {
      const preflight = await ask('/livekit/jwt/get_token', {
        method: 'OPTIONS',
        headers: { origin: 'https://call.example', 'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type' },
      });
      assert.ok([200, 204].includes(preflight.status), String(preflight.status));
      assert.equal(preflight.headers['access-control-allow-origin'], '*');
      const empty = await ask('/livekit/jwt/sfu/get', { method: 'POST' });
      assert.equal(empty.status, 400);
      assert.equal(empty.headers['access-control-allow-origin'], '*');
      assert.match(JSON.parse(empty.text).errcode, /^M_/);
    });

    it('finds both services below their paths and at the root', async () => {
      for (const path of ['/livekit/jwt/healthz', '/livekit/sfu/', '/healthz', '/']) {
        assert.equal((await ask(path)).status, 200, path);
      }
      assert.equal((await ask('/livekit/jwt/get_token')).status, 405);
      const unknown = await ask('/livekit/jwt/nothing');
      assert.equal(unknown.status, 404);
      assert.equal(unknown.headers['access-control-allow-origin'], '*');
    });

    for (const prefix of ['/livekit/sfu', '']) {
      it(`upgrades to a WebSocket below ${prefix || 'the root'}, with a long join request`, async () => {
        const room = freshRoom('proxy');
        // As long as an offer with hundreds of m-lines, and nothing that compresses.
        const metadata = Array.from({ length: 12_000 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join('');
        const ann = await SignalClient.join({
          of: { ...server, url: `wss://${NAME}:${port}${prefix}` },
          identity: 'ann',
          room,
          accessToken: token(server, { identity: 'ann', room }),
          query: `join_request=${encodeURIComponent(joinRequest({ metadata }, { gzip: false }))}`,
          tls: { ca, lookup: (_, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) },
        });
        assert.equal(ann.joined.participant.metadata, metadata);
        await ann.leave();
      });
    }
  });
}
