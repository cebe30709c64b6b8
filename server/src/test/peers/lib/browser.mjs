// Real browsers. One per test file; every participant gets a window of its own, because a tab in
// the background shows no frames.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { server as defaultServer, skipUnless } from './server.mjs';
import { token } from './token.mjs';
import { within } from './wait.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const firstOf = (paths) => paths.find((path) => path && existsSync(path));

export const chromiumPath = firstOf([process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']);
export const firefoxPath = firstOf([process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox']);
export const skipUnlessChromium = skipUnless(chromiumPath, 'no Chromium here');
export const skipUnlessFirefox = skipUnless(firefoxPath && chromiumPath, 'no Firefox here');

export async function launchChromium({ args = [], fakeDevices = true, autoAccept = true } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'tributary-chromium-'));
  const browser = await puppeteer.launch({
    executablePath: chromiumPath,
    headless: true,
    timeout: 90_000, // beside two Synapses and whatever else the machine does
    userDataDir: profile,
    protocolTimeout: 60_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--autoplay-policy=no-user-gesture-required',
      '--auto-select-desktop-capture-source=Entire screen',
      ...(autoAccept ? ['--use-fake-ui-for-media-stream'] : []),
      ...(fakeDevices ? ['--use-fake-device-for-media-stream'] : []),
      ...args,
    ],
  });
  const close = browser.close.bind(browser);
  browser.close = async () => {
    await within(10_000, 'the browser closes', close()).catch(() => browser.process()?.kill('SIGKILL'));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return browser;
}

export async function launchFirefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    timeout: 90_000,
    protocolTimeout: 60_000,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.gmp-manager.updateEnabled': false,
      'media.gmp-gmpopenh264.enabled': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
}

let pages;

/** A site on loopback with the harness in it. */
async function site() {
  pages ??= (async () => {
    const { outputFiles } = await build({
      entryPoints: [join(here, 'harness.js')],
      bundle: true,
      format: 'iife',
      write: false,
      logLevel: 'error',
      nodePaths: [join(here, '..', 'node_modules')],
    });
    const files = {
      '/': ['text/html', '<!doctype html><meta charset="utf-8"><title>peer</title><body><script src="/harness.js"></script>'],
      '/harness.js': ['text/javascript', outputFiles[0].contents],
      '/frames.worker.js': ['text/javascript', readFileSync(join(here, 'frames.worker.js'))],
      '/e2ee.worker.js': ['text/javascript', readFileSync(join(dirname(require.resolve('livekit-client')), 'livekit-client.e2ee.worker.js'))],
    };
    const web = http.createServer((request, response) => {
      const file = files[request.url.split('?')[0]];
      if (!file) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': file[0] }).end(file[1]);
    });
    await new Promise((done) => web.listen(0, '127.0.0.1', done));
    web.unref();
    return `http://127.0.0.1:${web.address().port}/`;
  })();
  return pages;
}

/** A participant in a page of its own. */
export class PagePeer {
  static async open(browser, identity) {
    const peer = new PagePeer();
    peer.identity = identity;
    peer.context = await browser.createBrowserContext();
    peer.page = await peer.context.newPage();
    peer.page.on('pageerror', (error) => peer.errors.push(String(error)));
    await peer.page.goto(await site());
    return peer;
  }

  errors = [];

  /** Calls one of the harness's verbs. */
  call(verb, ...args) {
    return this.page.evaluate((name, list) => globalThis.harness[name](...list), verb, args);
  }

  evaluate(body, ...args) {
    return this.page.evaluate(body, ...args);
  }

  async join({ room, of = defaultServer, video, e2ee, keys, worker, options, connect, claims = {}, accessToken, adopt }) {
    return within(
      25_000,
      `${this.identity} joins`,
      this.call('join', {
        url: of.url,
        token: accessToken ?? token(of, { identity: this.identity, room, video, ...claims }),
        ...(e2ee && { e2ee }),
        ...(keys && { keys }),
        ...(worker && { worker }),
        ...(options && { options }),
        ...(connect && { connect }),
        ...(adopt !== undefined && { adopt }),
      }),
    );
  }

  events(name, from = 0) {
    return this.call('events_', name, from);
  }

  get position() {
    return this.evaluate(() => harness.events.length);
  }

  /** Waits inside the page, so that what is measured is the page's own time. */
  when(what, body, arg, timeoutMillis = 10_000) {
    return this.page
      .evaluate(
        async (source, argument, limit) => {
          const probe = new Function(`return (${source})`)();
          const deadline = performance.now() + limit;
          let last;
          while (performance.now() < deadline) {
            try {
              last = await probe(argument);
              if (last) return last;
            } catch (error) {
              last = String(error);
            }
            await new Promise((done) => setTimeout(done, 30));
          }
          throw new Error(`last seen: ${JSON.stringify(last)?.slice(0, 800)}`);
        },
        String(body),
        arg,
        timeoutMillis,
      )
      .catch((error) => {
        throw new Error(`${this.identity}: not within ${timeoutMillis} ms: ${what}; ${error.message.split('\n')[0]}`);
      });
  }

  /** Video of `identity` keeps being decoded here: at least `frames` new ones. */
  async decodesVideo(identity, { source = 'camera', frames = 5, timeoutMillis = 15_000 } = {}) {
    return this.when(
      `decodes the ${source} of ${identity}`,
      async ({ identity, source, frames }) => {
        const seen = (await harness.received())[identity]?.[source];
        harness.marks ??= {};
        const mark = `${identity}/${source}/${seen?.sid}/${frames}`;
        if (!seen?.framesDecoded) return seen === undefined ? undefined : false;
        harness.marks[mark] ??= seen.framesDecoded;
        if (seen.framesDecoded < harness.marks[mark] + frames) return false;
        delete harness.marks[mark];
        return seen;
      },
      { identity, source, frames },
      timeoutMillis,
    );
  }

  /** Sound of `identity` keeps arriving here, and is not silence. */
  async hears(identity, { source = 'microphone', timeoutMillis = 15_000 } = {}) {
    return this.when(
      `hears the ${source} of ${identity}`,
      async ({ identity, source }) => {
        const seen = (await harness.received())[identity]?.[source];
        harness.marks ??= {};
        const mark = `${identity}/${source}/${seen?.sid}/energy`;
        if (!seen?.energy) return false;
        harness.marks[mark] ??= seen;
        if (seen.energy <= harness.marks[mark].energy + 0.001 || seen.samples <= harness.marks[mark].samples) return false;
        delete harness.marks[mark];
        return seen;
      },
      { identity, source },
      timeoutMillis,
    );
  }

  async close() {
    await within(5000, `${this.identity} leaves`, this.call('leave')).catch(() => undefined);
    await within(5000, 'the page closes', this.context.close()).catch(() => undefined);
  }
}

/** Everybody decodes everybody: video and sound of every ordered pair. */
export async function everybodyDecodesEverybody(peers, options = {}) {
  await Promise.all(
    peers.flatMap((me) =>
      peers
        .filter((other) => other !== me)
        .flatMap((other) => [me.decodesVideo(other.identity, options), ...(options.audio === false ? [] : [me.hears(other.identity, options)])]),
    ),
  );
}
