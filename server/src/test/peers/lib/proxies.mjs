// nginx and Caddy as Debian packages them, with the configurations that deploy/ recommends.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, within } from './wait.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../../../..');
const unpacked = join(root, 'target/proxies');
const paths = `${process.env.PATH}:/usr/sbin:/sbin:${join(unpacked, 'usr/sbin')}:${join(unpacked, 'usr/bin')}`;

const program = (name) => spawnSync('which', [name], { env: { PATH: paths }, encoding: 'utf8' }).stdout.trim();

/**
 * Finds both, or unpacks Debian's packages without installing them: an installed proxy would start to serve. Returns
 * what is in the way.
 */
export function prepare() {
  for (const name of ['nginx', 'caddy'].filter((each) => !program(each))) {
    mkdirSync(unpacked, { recursive: true });
    const download = spawnSync('apt-get', ['download', '-q', name], { cwd: unpacked, encoding: 'utf8' });
    if (download.status !== 0) return `no ${name}: ${download.stderr ?? download.error}`;
    const file = readdirSync(unpacked).find((each) => each.startsWith(`${name}_`));
    const unpack = spawnSync('dpkg-deb', ['-x', file, '.'], { cwd: unpacked, encoding: 'utf8' });
    if (unpack.status !== 0) return `no ${name}: ${unpack.stderr ?? unpack.error}`;
  }
  return undefined;
}

/** What the sample says, for a server on `backend` and with a certificate of the tests' own. */
function configured(sample, { backend, port, certificate, key }) {
  let text = readFileSync(join(root, 'deploy', sample), 'utf8');
  const replace = (from, to) => {
    if (!text.includes(from)) throw new Error(`${sample} no longer says ${from}`);
    text = text.replaceAll(from, to);
  };
  replace('127.0.0.1:7880', `127.0.0.1:${backend}`);
  if (sample === 'nginx.conf') {
    replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`);
    replace('listen [::]:443 ssl;', '');
    replace('server_name rtc.example.org', 'server_name rtc.alpha.test');
    replace('/etc/ssl/rtc.example.org.crt', certificate);
    replace('/etc/ssl/rtc.example.org.key', key);
    return text;
  }
  replace('rtc.example.org {', `rtc.alpha.test:${port} {\n\ttls ${certificate} ${key}`);
  return `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text}`;
}

/** Starts `nginx` or `caddy`: how to reach it, and `stop()`. */
export async function startProxy(name, { backend, port, certificate, key, answers }) {
  const directory = mkdtempSync(join(tmpdir(), `tributary-${name}-`));
  const at = { backend, port, certificate, key };
  let words;
  if (name === 'nginx') {
    writeFileSync(join(directory, 'sample.conf'), configured('nginx.conf', at));
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off;
pid ${directory}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  include ${directory}/sample.conf;
}
`,
    );
    words = ['-c', join(directory, 'nginx.conf'), '-p', directory, '-e', 'stderr'];
  } else {
    writeFileSync(join(directory, 'Caddyfile'), configured('Caddyfile', at));
    words = ['run', '--config', join(directory, 'Caddyfile'), '--adapter', 'caddyfile'];
  }
  let output = '';
  const child = spawn(program(name), words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: paths, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  let exit;
  const ended = new Promise((done) => {
    child.once('exit', (code, signal) => done((exit = code ?? signal)));
    child.once('error', (error) => done((exit = String(error))));
  });
  const stop = async () => {
    if (exit === undefined) child.kill('SIGTERM');
    try {
      await within(10_000, `${name} ends`, ended);
    } catch {
      child.kill('SIGKILL');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(`${name} answers`, async () => {
      if (exit !== undefined) throw new Error(`it ended with ${exit}:\n${output}`);
      return answers();
    }, { timeoutMillis: 20_000, everyMillis: 100 });
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${output.slice(-2000)}`);
  }
  return { stop, output: () => output };
}
