// Bundles the call page into dist/: static files with relative addresses, so that the page also
// works behind a path prefix. `node build.mjs [directory]`.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, 'dist');
const livekit = dirname(createRequire(import.meta.url).resolve('livekit-client'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: { page: join(here, 'src/page.js'), style: join(here, 'src/style.css') },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  legalComments: 'linked',
  logLevel: 'warning',
});
copyFileSync(join(here, 'src/index.html'), join(out, 'index.html'));
copyFileSync(join(here, 'src/icon.svg'), join(out, 'icon.svg'));
copyFileSync(join(livekit, 'livekit-client.e2ee.worker.js'), join(out, 'e2ee.worker.js'));
