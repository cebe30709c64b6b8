// Which server is under test, and how to start another one with a configuration of its own.
//
//   TRIBUTARY_URL, TRIBUTARY_KEY, TRIBUTARY_SECRET   a server that is already running
//   TRIBUTARY_SERVE   a command that starts one; the configuration file's name is put in the
//                     place of {config}, or at the end
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from './wait.mjs';

export const inCi = process.env.CI === 'true';

/** The server under test. */
export const server = {
  url: process.env.TRIBUTARY_URL ?? 'ws://127.0.0.1:7880',
  key: process.env.TRIBUTARY_KEY ?? 'devkey',
  secret: process.env.TRIBUTARY_SECRET ?? 'secret',
};

export const httpUrl = (of = server) => of.url.replace(/^ws/, 'http').replace(/\/$/, '');

/**
 * Why a test cannot run here, for node's `skip`. With CI=true there is no such thing: what is
 * missing then fails the test that misses it.
 */
export const skipUnless = (present, reason) => (present || inCi ? false : reason);

/**
 * The suite also runs against livekit-server itself (TRIBUTARY_REFERENCE=1), to keep the tests
 * honest. Where it is known to differ from what we promise, a test says how and is skipped there.
 */
export const referenceDiffers = (how) => (process.env.TRIBUTARY_REFERENCE === '1' ? `reference differs: ${how}` : false);

export const canServe = Boolean(process.env.TRIBUTARY_SERVE);
export const skipUnlessServing = skipUnless(canServe, 'TRIBUTARY_SERVE is not set: no server with its own configuration');

/** What the suite's network has beside loopback. */
const ipv4 = '10.99.0.1';
const ipv6 = 'fd99::1';

/**
 * The network that the suite makes for itself, with names that only it knows. Nobody answers DNS there, and says so at
 * once.
 */
export const namespace = {
  ipv4,
  ipv6,
  // Bound in this order; the last one is asked whether the server answers.
  addresses: ['::1', ipv4, ipv6, '127.0.0.1'],
  files: {
    '/etc/hosts': `127.0.0.1 localhost
::1 localhost
${ipv4} alpha.test matrix.alpha.test rtc.alpha.test beta.test mallory.test
`,
    '/etc/resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  },
  setUp: [
    'ip link set lo up',
    'ip link add here type veth peer name there',
    `ip address add ${ipv4}/24 dev here`,
    `ip address add ${ipv6}/64 dev here nodad`,
    'ip link set here up',
    'ip link set there up',
    // Documentation ranges, for homeservers of strangers: loopback is where those do not lead.
    'ip route add local 192.0.2.0/24 dev lo',
    'ip address add 2001:db8::14/128 dev lo nodad',
    'ip address add 2001:db8::18/128 dev lo nodad',
    // Nobody is there: browsers take the address of the default route for theirs.
    'ip route add default via 10.99.0.2 dev here',
    'ip -6 route add default via fd99::2 dev here',
  ].join('; '),
};

/**
 * The first of `count` consecutive ports that nobody uses, for TCP and UDP: below those that the kernel itself gives to
 * sockets, which might otherwise take one before the server does.
 */
export async function freePort(count = 1) {
  for (;;) {
    const first = randomInt(10_000, 32_000);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const frees = await Promise.all(ports.map(isFree));
    if (frees.every(Boolean) && !ports.some((port) => given.has(port))) {
      ports.forEach((port) => given.add(port));
      return first;
    }
  }
}

/** They need not be in use yet. */
const given = new Set();

async function isFree(port) {
  const tcp = net.createServer();
  const udp = dgram.createSocket({ type: 'udp6' });
  try {
    // On all addresses, IPv4 ones too: a homeserver has one of its own.
    await new Promise((done, fail) => tcp.once('error', fail).listen(port, '::', done));
    await new Promise((done, fail) => udp.once('error', fail).bind(port, '::', done));
    return true;
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return false;
  } finally {
    if (tcp.listening) await new Promise((done) => tcp.close(done));
    await new Promise((done) => udp.close(done));
  }
}

/**
 * Starts a server. `config` is YAML text added to what every server here needs, or makes it of the
 * port; `rtc` is YAML text for the inside of the `rtc` section.
 */
export async function startServer({ config = '', rtc = '' } = {}) {
  if (!canServe) throw new Error('TRIBUTARY_SERVE must name the command that starts a server');
  const directory = mkdtempSync(join(tmpdir(), 'tributary-peers-'));
  const file = join(directory, 'config.yaml');
  const [port, udpPort] = [await freePort(), await freePort(2)];
  const key = 'peerkey';
  const secret = 'a-secret-for-tests-only-0123456789abcdef';
  const indented = rtc.split('\n').map((line) => `  ${line}`).join('\n');
  writeFileSync(
    file,
    `port: ${port}
bind_addresses: ${JSON.stringify(process.env.TRIBUTARY_NAMESPACE ? namespace.addresses : ['127.0.0.1'])}
keys:
  ${key}: ${secret}
rtc:
  udp_port: ${udpPort}-${udpPort + 1}
  tcp_port: 0
  enable_loopback_candidate: true
  use_external_ip: false
${indented}
${typeof config === 'function' ? config(port) : config}
`,
  );
  const words = process.env.TRIBUTARY_SERVE.split(' ').filter(Boolean);
  const command = words.some((word) => word.includes('{config}'))
    ? words.map((word) => word.replace('{config}', file))
    : [...words, file];
  return run(command, { started: { url: `ws://127.0.0.1:${port}`, key, secret }, directory, healthy: '/' });
}

/**
 * Starts the token service alone, as lk-jwt-service is started: by environment variables. `config` is YAML text for what
 * has no variable.
 */
export async function startTokenService(variables, config) {
  if (!canServe) throw new Error('TRIBUTARY_SERVE must name the command that starts a server');
  const directory = mkdtempSync(join(tmpdir(), 'tributary-peers-'));
  const file = join(directory, 'config.yaml');
  writeFileSync(file, config);
  const port = await freePort();
  const [program] = process.env.TRIBUTARY_SERVE.split(' ').filter(Boolean);
  return run([program, 'token-service', '--config', file], {
    started: { url: `ws://127.0.0.1:${port}` },
    directory,
    healthy: '/healthz',
    env: { ...process.env, ...variables, LIVEKIT_JWT_BIND: `127.0.0.1:${port}` },
  });
}

/** Runs a command until what it starts answers; `stop` ends it and what it needed. */
async function run(command, { started, directory, healthy, env = process.env }) {
  let output = '';
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output = (output + data).slice(-20_000);
    });
  }
  let exit;
  const ended = new Promise((done) => {
    child.once('exit', (code, signal) => done((exit = code ?? signal)));
    child.once('error', (error) => done((exit = String(error))));
  });
  started.output = () => output;
  started.pid = child.pid;
  try {
    await until(
      'the server answers on its port',
      async () => {
        if (exit !== undefined) throw new Error(`it ended with ${exit}:\n${output}`);
        return (await get(`${httpUrl(started)}${healthy}`)).status === 200;
      },
      { timeoutMillis: 60_000, everyMillis: 100 },
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${error.message}\n${output.slice(-3000)}`);
  }
  started.stop = async () => {
    child.kill('SIGTERM');
    try {
      await within(30_000, 'the server ends after SIGTERM', ended);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    return exit;
  };
  return started;
}

/** Plain GET without fetch's conveniences: status, headers and text. */
export function get(url, { headers = {}, method = 'GET', body, timeoutMillis = 5000 } = {}) {
  return new Promise((done, fail) => {
    const request = http.request(url, { headers, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (data) => (text += data));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    request.setTimeout(timeoutMillis, () => request.destroy(new Error(`no answer from ${url.split('?')[0]}`)));
    request.on('error', fail);
    request.end(body);
  });
}

/**
 * A proxy in front of `target` that knows no `/rtc/v1`: what clients of an older deployment see.
 * The 404 must carry the CORS header, or a browser gives up instead of falling back.
 */
export async function withoutV1(target = server) {
  const to = new URL(httpUrl(target));
  const seen = [];
  const sockets = new Set();
  const proxy = http.createServer((request, response) => {
    seen.push(request.url.split('?')[0]);
    if (request.url.startsWith('/rtc/v1')) {
      response.writeHead(404, { 'access-control-allow-origin': '*', 'content-type': 'text/plain' });
      response.end('404 page not found\n');
      return;
    }
    const onward = http.request(
      { host: to.hostname, port: to.port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  proxy.on('upgrade', (request, socket, head) => {
    seen.push(request.url.split('?')[0]);
    if (request.url.startsWith('/rtc/v1')) {
      socket.end('HTTP/1.1 404 Not Found\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const onward = net.connect(Number(to.port), to.hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      }
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward);
      onward.pipe(socket);
    });
    sockets.add(socket).add(onward);
    for (const [one, other] of [[socket, onward], [onward, socket]]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    ...target,
    url: `ws://127.0.0.1:${proxy.address().port}`,
    seen,
    stop: () =>
      new Promise((done) => {
        sockets.forEach((socket) => socket.destroy());
        proxy.closeAllConnections();
        proxy.close(done);
      }),
  };
}
