// Runs the suite: `node run.mjs [file …]`.
//
// The server is the one in TRIBUTARY_URL, or else one that TRIBUTARY_SERVE starts for the run: then everything, browsers
// included, runs in namespaces of its own: a network with a loopback and one other interface, because Firefox gathers no
// loopback candidates, and a few files in /etc, so that homeservers have names.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namespace, startServer } from './lib/server.mjs';
import * as proxies from './lib/proxies.mjs';
import { aiortc, synapse } from './lib/python.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const files = process.argv.slice(2).length
  ? process.argv.slice(2)
  : readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort();

if (!process.env.TRIBUTARY_URL && !process.env.TRIBUTARY_NAMESPACE) process.exit(runInNamespace());

let started;
const env = { ...process.env };
if (!env.TRIBUTARY_URL) {
  started = await startServer();
  Object.assign(env, { TRIBUTARY_URL: started.url, TRIBUTARY_KEY: started.key, TRIBUTARY_SECRET: started.secret });
}
// A file counts as a test too, and the longest one is as long as its random run.
const timeoutMillis = (480 + Number(env.TRIBUTARY_MIXED_SECONDS ?? 60)) * 1000;
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=tap', `--test-timeout=${timeoutMillis}`, ...files.map((file) => join(here, file))],
  { stdio: 'inherit', env },
);
const code = await new Promise((done) => child.once('exit', (status, signal) => done(status ?? signal)));
try {
  await started?.stop();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
if (code !== 0) {
  if (started) console.error(`The server's last words:\n${started.output().slice(-4000)}`);
  process.exitCode = 1;
}

function runInNamespace() {
  // There are no package registries in there.
  if (files.includes('aiortc.test.mjs')) aiortc.prepare();
  if (files.some((file) => ['matrix.test.mjs', 'door-load.mjs'].includes(file))) synapse.prepare();
  if (files.includes('proxy.test.mjs')) proxies.prepare();
  const etc = mkdtempSync(join(tmpdir(), 'tributary-etc-'));
  const mounts = Object.entries(namespace.files).map(([path, text]) => {
    const file = join(etc, basename(path));
    writeFileSync(file, text);
    return `mount --bind ${file} ${path}`;
  });
  const root = process.getuid() === 0;
  const { status } = spawnSync(
    'unshare',
    [...(root ? [] : ['--user', '--map-root-user']), '--net', '--mount',
      'sh', '-ec', [...mounts, namespace.setUp, 'exec "$0" "$@"'].join('; '),
      process.execPath, join(here, 'run.mjs'), ...files],
    { stdio: 'inherit', env: { ...process.env, TRIBUTARY_NAMESPACE: '1' } },
  );
  rmSync(etc, { recursive: true, force: true });
  return status ?? 1;
}
