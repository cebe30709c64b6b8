// Runs the suite: `node run.mjs [file …]`.
//
// The server is the one in TRIBUTARY_URL, or else one that TRIBUTARY_SERVE starts for the run: then everything, browsers
// included, runs in a network namespace of its own, with a loopback and one other interface, because Firefox gathers no
// loopback candidates.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namespace, startServer } from './lib/server.mjs';
import { preparePython } from './lib/python.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const files = process.argv.slice(2).length
  ? process.argv.slice(2)
  : readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort();

if (!process.env.TRIBUTARY_URL && !process.env.TRIBUTARY_NAMESPACE) {
  if (files.includes('aiortc.test.mjs')) preparePython(); // there are no package registries in there
  const root = process.getuid() === 0;
  const { status } = spawnSync(
    'unshare',
    [...(root ? [] : ['--user', '--map-root-user']), '--net', 'sh', '-ec', `${namespace.setUp}; exec "$0" "$@"`,
      process.execPath, join(here, 'run.mjs'), ...files],
    { stdio: 'inherit', env: { ...process.env, TRIBUTARY_NAMESPACE: '1' } },
  );
  process.exit(status ?? 1);
}

let started;
const env = { ...process.env };
if (!env.TRIBUTARY_URL) {
  started = await startServer();
  Object.assign(env, { TRIBUTARY_URL: started.url, TRIBUTARY_KEY: started.key, TRIBUTARY_SECRET: started.secret });
}
// A file counts as a test too, and the longest one is as long as its random run.
const timeoutMillis = (240 + Number(env.TRIBUTARY_MIXED_SECONDS ?? 60)) * 1000;
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
