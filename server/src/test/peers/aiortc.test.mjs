// A peer that can do SRTP with AES128_CM_SHA1_80 only (aiortc), with Chromium, both directions.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, PagePeer, skipUnlessChromium } from './lib/browser.mjs';
import { aiortc } from './lib/python.mjs';
import { server, skipUnless } from './lib/server.mjs';
import { freshRoom, token } from './lib/token.mjs';
import { until, within } from './lib/wait.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const problem = aiortc.prepare();

describe('A peer with AES128_CM_SHA1_80 only', { skip: skipUnlessChromium || skipUnless(!problem, `no aiortc here: ${problem}`) }, () => {
  it('publishes to Chromium and receives from it, VP8 and Opus, on two PeerConnections', async () => {
    assert.equal(problem, undefined);
    const room = freshRoom('aiortc');
    const browser = await launchChromium();
    const seen = [];
    let errors = '';
    const child = spawn(aiortc.python, [join(here, 'lib/aiortc_peer.py'), server.url, token(server, { identity: 'pia', room }), '40']);
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
    createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)));
    const ended = new Promise((done) => child.once('exit', done));
    try {
      const ann = await PagePeer.open(browser, 'ann');
      await ann.join({ room });
      await ann.call('publishVideo', { width: 320, height: 180, color: '#2020d0' });
      await ann.call('publishAudio');
      await Promise.all([ann.decodesVideo('pia', { timeoutMillis: 25_000 }), ann.hears('pia', { timeoutMillis: 25_000 })]);
      const [r, g] = await ann.when('a picture', () => harness.colorOf('pia'));
      assert.ok(r > g, 'pia is red');
      const last = () => seen.findLast((e) => e.event === 'received');
      await until('pia decodes ann', () => last()?.video > 20 && last().audio > 50 && last().energy > 1e5, { timeoutMillis: 20_000 });
    } catch (error) {
      throw new Error(`${error.message}\n${JSON.stringify(seen.slice(-3))}\n${errors}`);
    } finally {
      child.kill('SIGTERM');
      await within(5000, 'the peer ends', ended).catch(() => child.kill('SIGKILL'));
      await browser.close();
    }
  });
});
