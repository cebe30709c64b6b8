// Two real Synapses that federate over TLS, and a certificate authority that they and the server under test trust.
//
// `alpha.test` delegates by .well-known to another name and port, `beta.test` carries its port in its name: both ways
// need no DNS beyond the suite's own /etc/hosts.
import { spawn, execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, namespace } from './server.mjs';
import { synapse } from './python.mjs';
import { until, within } from './wait.mjs';

const ADDRESS = namespace.ipv4;
const REGISTRATION_SECRET = 'registration-for-tests-only';

/** A certificate authority for one run. */
export class Authority {
  constructor(directory) {
    this.directory = directory;
    this.certificate = join(directory, 'ca.crt');
    this.key = join(directory, 'ca.key');
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=Tributary test authority', '-keyout', this.key, '-out', this.certificate,
      '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  }

  /** Issues a certificate for `names` (or the IP addresses among them): its files. */
  issue(...names) {
    const [certificate, key, request] = ['crt', 'key', 'csr'].map((end) => join(this.directory, `${names[0]}.${end}`));
    const alternatives = names.map((name) => (net.isIP(name) ? `IP:${name}` : `DNS:${name}`)).join(',');
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${names[0]}`,
      '-addext', `subjectAltName=${alternatives}`, '-keyout', key, '-out', request);
    openssl('x509', '-req', '-in', request, '-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial', '-days', '2',
      '-copy_extensions', 'copy', '-out', certificate);
    return { certificate, key };
  }
}

/** An HTTPS server of the tests' own in the place of a homeserver, or of a part of one. */
export async function httpsServer(authority, name, port, answer, address = ADDRESS) {
  const { certificate, key } = authority.issue(name);
  const server = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer);
  await new Promise((done, fail) => server.once('error', fail).listen(port, address, done));
  return {
    stop: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}

/** A user who is logged in on a homeserver. */
class User {
  constructor(homeserver, { user_id: id, access_token: accessToken, device_id: deviceId }) {
    Object.assign(this, { homeserver, id, accessToken, deviceId });
  }

  /** What a client hands to a token service so that it can ask the homeserver who this is. */
  openIdToken() {
    return this.call('POST', `/user/${encodeURIComponent(this.id)}/openid/request_token`, {});
  }

  async createRoom(options = {}) {
    return (await this.call('POST', '/createRoom', options)).room_id;
  }

  join(roomId, via) {
    return this.call('POST', `/join/${encodeURIComponent(roomId)}?server_name=${encodeURIComponent(via)}`, {});
  }

  async members(roomId) {
    return Object.keys((await this.call('GET', `/rooms/${encodeURIComponent(roomId)}/joined_members`)).joined);
  }

  call(method, path, body) {
    return this.homeserver.request(method, `/_matrix/client/v3${path}`, { body, accessToken: this.accessToken });
  }
}

class Homeserver {
  constructor(name, clientPort, database) {
    this.name = name;
    this.url = `http://${ADDRESS}:${clientPort}`;
    this.database = database;
  }

  /** Synapse lets these tokens live for an hour: this one's is over. */
  expireOpenIdToken(token) {
    const program = `import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as database:
    changed = database.execute("UPDATE open_id_tokens SET ts_valid_until_ms = 1 WHERE token = ?", (sys.argv[2],))
    assert changed.rowcount == 1, "no such token"`;
    execFileSync(synapse.python, ['-c', program, this.database, token], { stdio: 'pipe' });
  }

  async request(method, path, { body, accessToken } = {}) {
    const response = await fetch(this.url + path, {
      method,
      body: body && JSON.stringify(body),
      headers: { ...(accessToken && { authorization: `Bearer ${accessToken}` }), 'content-type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} on ${this.name}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Registers a user; the name says what it may look like: `localpart`. */
  async register(localpart) {
    const path = '/_synapse/admin/v1/register';
    const { nonce } = await this.request('GET', path);
    const password = randomBytes(9).toString('hex');
    const mac = createHmac('sha1', REGISTRATION_SECRET)
      .update([nonce, localpart, password, 'notadmin'].join('\0')).digest('hex');
    const body = { nonce, username: localpart, password, admin: false, mac };
    return new User(this, await this.request('POST', path, { body }));
  }
}

/** Starts both; everything they need lies in a folder that goes with them. */
export async function startHomeservers() {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-matrix-'));
  const authority = new Authority(directory);
  const stops = [];
  const stop = async () => {
    await Promise.all(stops.map((each) => each()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [alphaPort, betaPort] = [await freePort(), await freePort()];
    const wellKnown = await httpsServer(authority, 'alpha.test', 443, (request, response) => {
      const found = request.url === '/.well-known/matrix/server';
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ? { 'm.server': `matrix.alpha.test:${alphaPort}` } : {}));
    });
    stops.push(wellKnown.stop);
    const start = (options) => startSynapse({ directory, authority, stops, ...options });
    const [alpha, beta] = await Promise.all([
      start({ name: 'alpha.test', host: 'matrix.alpha.test', federationPort: alphaPort }),
      start({ name: `beta.test:${betaPort}`, host: 'beta.test', federationPort: betaPort }),
    ]);
    return { alpha, beta, authority, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSynapse({ directory, authority, stops, name, host, federationPort }) {
  const clientPort = await freePort();
  const home = mkdtempSync(join(directory, `${host}-`));
  const { certificate, key } = authority.issue(host);
  const file = join(home, 'homeserver.yaml');
  const logging = join(home, 'log.yaml');
  const database = join(home, 'homeserver.db');
  const generous = { per_second: 10_000, burst_count: 10_000 };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({
    server_name: name,
    pid_file: join(home, 'pid'),
    signing_key_path: join(home, 'signing.key'),
    media_store_path: join(home, 'media'),
    log_config: logging,
    database: { name: 'sqlite3', args: { database } },
    listeners: [
      { port: clientPort, bind_addresses: [ADDRESS], type: 'http', tls: false, resources: [{ names: ['client'] }] },
      { port: federationPort, bind_addresses: [ADDRESS], type: 'http', tls: true, resources: [{ names: ['federation', 'openid'] }] },
    ],
    tls_certificate_path: certificate,
    tls_private_key_path: key,
    federation_custom_ca_list: [authority.certificate],
    ip_range_blacklist: [],
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    report_stats: false,
    macaroon_secret_key: 'macaroons-for-tests-only',
    form_secret: 'forms-for-tests-only',
    registration_shared_secret: REGISTRATION_SECRET,
    bcrypt_rounds: 4,
    presence: { enabled: false },
    rc_registration: generous,
    rc_login: { address: generous, account: generous, failed_attempts: generous },
    rc_message: generous,
    rc_joins: { local: generous, remote: generous },
    federation_rr_transactions_per_room_per_second: 1000,
  }));
  writeFileSync(logging, JSON.stringify({
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
    handlers: { console: { class: 'logging.StreamHandler', formatter: 'plain' } },
    root: { level: 'WARNING', handlers: ['console'] },
  }));
  execFileSync(synapse.python, ['-m', 'synapse.app.homeserver', '-c', file, '--generate-keys'], { stdio: 'pipe' });
  let output = '';
  const child = spawn(synapse.python, ['-m', 'synapse.app.homeserver', '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (output = (output + data).slice(-8000)));
  }
  let exit;
  const ended = new Promise((done) => child.once('exit', (code, signal) => done((exit = code ?? signal))));
  stops.push(async () => {
    child.kill('SIGTERM');
    await within(10_000, `Synapse of ${name} ends`, ended).catch(() => child.kill('SIGKILL'));
  });
  const homeserver = new Homeserver(name, clientPort, database);
  await until(
    `Synapse of ${name} answers`,
    async () => {
      if (exit !== undefined) throw new Error(`it ended with ${exit}:\n${output}`);
      return homeserver.request('GET', '/_matrix/client/versions');
    },
    { timeoutMillis: 90_000, everyMillis: 200 },
  );
  return homeserver;
}

function openssl(...words) {
  execFileSync('openssl', words, { stdio: 'pipe' });
}
