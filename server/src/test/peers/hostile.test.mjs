// Strangers' homeservers and name servers, on addresses of documentation ranges that only the suite's network has: how
// the door finds a homeserver on a real network, where it does not go, and what it costs when nobody answers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { startDns } from './lib/dns.mjs';
import { Authority, httpsServer } from './lib/homeservers.mjs';
import { freePort, get, httpUrl, skipUnless, skipUnlessServing, startServer } from './lib/server.mjs';
import { claimsOf } from './lib/token.mjs';
import { pause, until } from './lib/wait.mjs';

const skip = skipUnlessServing || skipUnless(process.env.TRIBUTARY_NAMESPACE, 'no network of its own');

const USERINFO = '/_matrix/federation/v1/openid/userinfo';
const WELL_KNOWN = '/.well-known/matrix/server';
const SLOW_SERVERS = 25;
const SLOW_PER_SERVER = 8;

describe('Homeservers of strangers', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-hostile-'));
  const stops = [];
  const knocks = [];
  let authority;
  let dns;
  let server;
  let metricsPort;

  const slow = (i) => `192.0.2.${100 + i}`;
  const named = {
    'plain.example': { A: ['192.0.2.10'] },
    'srv.example': { A: ['192.0.2.99'] },
    '_matrix-fed._tcp.srv.example': { SRV: [{ port: 4433, target: 'machine.example' }] },
    '_matrix._tcp.srv.example': { SRV: [{ port: 4444, target: 'nowhere.example' }] },
    '_matrix._tcp.older.example': { SRV: [{ port: 4434, target: 'machine.example' }] },
    '_matrix-fed._tcp.wrong.example': { SRV: [{ port: 4435, target: 'machine.example' }] },
    'machine.example': { A: ['192.0.2.11'] },
    'delegating.example': { A: ['192.0.2.12'] },
    'delegate.example': { A: ['192.0.2.13'] },
    'six.example': { AAAA: ['2001:db8::14'] },
    'alias.example': { CNAME: ['plain.example'] },
    'loopback.example': { A: ['127.0.0.1'] },
    'loopback6.example': { AAAA: ['::1'] },
    'mapped.example': { AAAA: ['::ffff:127.0.0.1'] },
    'nat64.example': { AAAA: ['64:ff9b::127.0.0.1'] },
    'private.example': { A: ['10.99.0.1'] },
    'unique.example': { AAAA: ['fd99::1'] },
    'both.example': { A: ['127.0.0.1', '10.99.0.1'], AAAA: ['::1', 'fe80::1'] },
    'to-loopback.example': { CNAME: ['loopback.example'] },
    '_matrix-fed._tcp.srv-inside.example': { SRV: [{ port: 8448, target: 'loopback.example' }] },
    // The first answer is checked; the second would be connected to by whoever asked again.
    'rebind.example': (earlier) => (earlier === 0 ? { A: ['192.0.2.15'] } : { A: ['127.0.0.1'] }),
    'redirects.example': { A: ['192.0.2.16'] },
    'to-name.example': { A: ['192.0.2.17'] },
    'lies.example': { A: ['192.0.2.20'] },
    'endless.example': { A: ['192.0.2.21'] },
    'foreign.example': { A: ['192.0.2.22'] },
    ...Object.fromEntries(Array.from({ length: SLOW_SERVERS }, (_, i) => [`slow${i}.example`, { A: [slow(i)] }])),
  };

  /** A homeserver that vouches for `@user:` whatever `vouches` says to the token `user`. */
  const homeserver = async (certificate, address, port, vouches, seen = []) => {
    const one = await httpsServer(authority, certificate, port, (request, response) => {
      seen.push({ host: request.headers.host, sni: request.socket.servername });
      const found = request.url.startsWith(`${USERINFO}?access_token=`);
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ? { sub: `@${request.url.split('=')[1]}:${vouches}` } : {}));
    }, address);
    stops.push(one.stop);
    return seen;
  };

  const raw = async (certificate, address, port, script) => {
    const { certificate: cert, key } = authority.issue(certificate);
    const listener = tls.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, script);
    await listening(listener, port, address);
  };

  const listening = async (listener, port, address) => {
    const sockets = new Set();
    listener.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    listener.on('tlsClientError', () => {}).on('secureConnection', (socket) => socket.on('error', () => {}));
    await new Promise((done, fail) => listener.once('error', fail).listen(port, address, done));
    stops.push(() => new Promise((done) => {
      sockets.forEach((socket) => socket.destroy());
      listener.close(done);
    }));
  };

  let users = 0;
  const ask = async (homeserverName, user = `user${users++}`) => {
    const begun = performance.now();
    const response = await fetch(`${httpUrl(server)}/livekit/jwt/sfu/get`, {
      method: 'POST',
      body: JSON.stringify({
        room: '!room:plain.example',
        device_id: 'DEV',
        openid_token: { access_token: user, token_type: 'Bearer', matrix_server_name: homeserverName, expires_in: 3600 },
      }),
    });
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const seconds = () => (performance.now() - begun) / 1000;
    return { status: response.status, user, ...(await response.json()), seconds: seconds() };
  };

  const letsIn = async (homeserverName, vouches = homeserverName) => {
    const answer = await ask(homeserverName);
    assert.equal(answer.status, 200, `${homeserverName}: ${JSON.stringify(answer)}\n${server.output().slice(-6000)}`);
    assert.equal(claimsOf(answer.jwt).sub, `@${answer.user}:${vouches}:DEV`);
  };

  const keepsOut = async (homeserverName, reason) => {
    const earlier = await refusals(reason);
    const answer = await ask(homeserverName);
    assert.equal(answer.status, 401, `${homeserverName}: ${JSON.stringify(answer)}`);
    assert.ok(answer.seconds < 14, `${homeserverName} took ${answer.seconds} s`);
    assert.equal(await refusals(reason), earlier + 1, `${homeserverName} for ${reason}:\n${server.output().slice(-6000)}`);
  };

  const refusals = async (reason) => {
    const { text } = await get(`http://127.0.0.1:${metricsPort}/metrics`);
    return Number(text.match(new RegExp(`^tributary_door_refusals_total\\{reason="${reason}"\\} (\\S+)`, 'm'))?.[1]);
  };

  const status = (field) =>
    Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+)`, 'm'))[1]);

  before(async () => {
    authority = new Authority(directory);
    dns = await startDns(named);
    stops.push(dns.stop);
    metricsPort = await freePort();
    const insidePort = await freePort();
    const inside = http.createServer((request, response) => {
      response.end(JSON.stringify({ sub: `@${request.url.split('=')[1]}:inside.example` }));
    });
    await listening(inside, insidePort, '127.0.0.1');
    // Whatever comes here came past the rules.
    for (const [address, port] of ['127.0.0.1', '::1', '10.99.0.1', 'fd99::1'].flatMap((a) => [[a, 8448], [a, 443]])) {
      await listening(net.createServer(() => knocks.push(`${address} ${port}`)), port, address);
    }
    server = await startServer({
      config: (port) => `prometheus_port: ${metricsPort}
matrix:
  url: ws://127.0.0.1:${port}
  full_access_homeservers: plain.example
  ca_file: ${authority.certificate}
  trusted_servers: {inside.example: "http://127.0.0.1:${insidePort}"}
`,
    });
    stops.push(server.stop);
  });
  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  it('are found at port 8448, by both kinds of service records and by well-known', async () => {
    const seen = [];
    await homeserver('plain.example', '192.0.2.10', 8448, 'plain.example', seen);
    await letsIn('plain.example');
    assert.deepEqual(seen.at(-1), { host: 'plain.example', sni: 'plain.example' });
    await homeserver('srv.example', '192.0.2.11', 4433, 'srv.example', seen);
    await letsIn('srv.example');
    assert.deepEqual(seen.at(-1), { host: 'srv.example', sni: 'srv.example' });
    await homeserver('older.example', '192.0.2.11', 4434, 'older.example');
    await letsIn('older.example');
    const wellKnown = await httpsServer(authority, 'delegating.example', 443, (request, response) =>
      response.end(request.url === WELL_KNOWN ? '{"m.server":"delegate.example:4433"}' : ''), '192.0.2.12');
    stops.push(wellKnown.stop);
    await homeserver('delegate.example', '192.0.2.13', 4433, 'delegating.example', seen);
    await letsIn('delegating.example');
    assert.deepEqual(seen.at(-1), { host: 'delegate.example:4433', sni: 'delegate.example' });
  });

  it('are found by address, by IPv6 and behind an alias', async () => {
    await homeserver('192.0.2.18', '192.0.2.18', 8448, '192.0.2.18');
    await letsIn('192.0.2.18');
    await homeserver('192.0.2.18', '192.0.2.18', 4433, '192.0.2.18:4433');
    await letsIn('192.0.2.18:4433');
    await homeserver('2001:db8::18', '2001:db8::18', 8448, '[2001:db8::18]');
    await letsIn('[2001:db8::18]');
    await homeserver('six.example', '2001:db8::14', 8448, 'six.example');
    await letsIn('six.example');
    await homeserver('alias.example', '192.0.2.10', 4433, 'alias.example:4433');
    await letsIn('alias.example:4433');
  });

  it('are told nothing by the log but what the operator has to know', async () => {
    await letsIn('srv.example');
    assert.match(server.output(), /homeserver=srv\.example .*federated_publish: legacy-only/);
    const { text } = await get(`http://127.0.0.1:${metricsPort}/metrics`);
    assert.match(text, /^tributary_door_legacy_subscribe_only_tokens_total [1-9]/m);
    // Who shows a token here has it for a name.
    assert.doesNotMatch(server.output(), /user\d/);
  });

  it('need a certificate for their own name', async () => {
    await homeserver('machine.example', '192.0.2.11', 4435, 'wrong.example');
    await keepsOut('wrong.example', 'server_certificate');
    await homeserver('plain.example', '192.0.2.19', 8448, '192.0.2.19');
    await keepsOut('192.0.2.19', 'server_certificate');
  });

  it('lead nobody to this machine or to its own network', async () => {
    for (const name of ['loopback.example', 'loopback6.example', 'mapped.example', 'nat64.example', 'private.example',
      'unique.example', 'both.example', 'to-loopback.example', 'srv-inside.example', 'localhost', 'alpha.test',
      'loopback.example:443', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]', '10.99.0.1', '10.99.0.1:443', '[fd99::1]', '169.254.169.254']) {
      await keepsOut(name, 'server_not_allowed');
    }
    assert.deepEqual(knocks, []);
  });

  it('change their address in vain once it was checked', async () => {
    await homeserver('rebind.example', '192.0.2.15', 4433, 'rebind.example:4433');
    await letsIn('rebind.example:4433');
    assert.equal(dns.asked('rebind.example', 'A'), 1);
    await keepsOut('rebind.example:4433', 'server_not_allowed');
    assert.deepEqual(knocks, []);
  });

  it('redirect nobody to loopback, to plain HTTP or in circles', async () => {
    let to;
    const wellKnown = await httpsServer(authority, 'redirects.example', 443, (request, response) =>
      response.writeHead(302, { location: to }).end(), '192.0.2.16');
    stops.push(wellKnown.stop);
    const named16 = await homeserver('redirects.example', '192.0.2.16', 8448, 'redirects.example');
    for (to of ['https://127.0.0.1/x', 'https://[::1]:8448/', 'https://loopback.example/', 'https://user@10.99.0.1/',
      'http://192.0.2.16/', 'ftp://127.0.0.1/', '//127.0.0.1:8448/', WELL_KNOWN, 'https://redirects.example:22/', '']) {
      await letsIn('redirects.example');
    }
    assert.ok(named16.length > 0);
    const delegates = await httpsServer(authority, 'to-name.example', 443, (request, response) =>
      response.end('{"m.server":"127.0.0.1:8448"}'), '192.0.2.17');
    stops.push(delegates.stop);
    await keepsOut('to-name.example', 'server_not_allowed');
    assert.deepEqual(knocks, []);
  });

  it('lie about lengths, never end and vouch for others in vain', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
    await raw('lies.example', '192.0.2.20', 8448, (socket) => socket.end(`${ok}Content-Length: 5000\r\n\r\n{"sub":`));
    await keepsOut('lies.example', 'server_answer');
    await raw('endless.example', '192.0.2.21', 8448, (socket) => {
      socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`);
      const piece = `400\r\n${'x'.repeat(1024)}\r\n`;
      const timer = setInterval(() => socket.write(piece.repeat(16)), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await keepsOut('endless.example', 'server_answer');
    await homeserver('foreign.example', '192.0.2.22', 8448, 'plain.example');
    await keepsOut('foreign.example', 'foreign_user');
  });

  it('may be where the operator says, on whatever address', async () => {
    await letsIn('inside.example');
  });

  it('are slow two hundred at a time, and nobody else waits, and nothing piles up', async () => {
    for (let i = 0; i < SLOW_SERVERS; i++) {
      // Some are silent after the handshake, some before.
      if (i % 2) await raw(`slow${i}.example`, slow(i), 8448, () => {});
      else await listening(net.createServer(() => {}), 8448, slow(i));
    }
    const [kilobytes, files] = [status('VmRSS'), readdirSync(`/proc/${server.pid}/fd`).length];
    const begun = performance.now();
    const answers = Array.from({ length: SLOW_SERVERS * SLOW_PER_SERVER }, (_, i) => ask(`slow${i % SLOW_SERVERS}.example`));
    let answered = 0;
    answers.forEach((answer) => answer.then(() => answered++));
    await pause(1000);
    const known = await ask('plain.example');
    assert.equal(known.status, 200);
    assert.equal(answered, 0, `a known homeserver's user waited ${known.seconds} s`);
    const threads = status('Threads');
    const all = await Promise.all(answers);
    const seconds = (performance.now() - begun) / 1000;
    console.log(`200 slow verifications: ${seconds.toFixed(1)} s, ${threads} threads, ${status('VmRSS') - kilobytes} KiB more`);
    assert.deepEqual([...new Set(all.map((answer) => answer.status))], [401]);
    // The budget is twelve; the rest is for this test's own side of two hundred handshakes.
    const share = Math.max(1, loadavg()[0] / cpus().length);
    assert.ok(Math.max(...all.map((answer) => answer.seconds)) < 12 + 2 * share, `${seconds} s`);
    assert.ok(threads < 120, `${threads} threads`);
    const grown = (status('VmRSS') - kilobytes) / 1024;
    assert.ok(grown < 200, `${grown} MiB more`);
    await until('its connections are gone', () => readdirSync(`/proc/${server.pid}/fd`).length < files + 30);
    assert.deepEqual(knocks, []);
  });
});
