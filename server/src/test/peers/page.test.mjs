// The call page, used as a person uses it: by what is written on it, with mouse and keyboard.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launchChromium, skipUnlessChromium } from './lib/browser.mjs';
import { servePage, skipUnlessPage } from './lib/page-site.mjs';
import { server } from './lib/server.mjs';
import { claimsFor, freshRoom, sign, token } from './lib/token.mjs';
import { until } from './lib/wait.mjs';

const pictures = process.env.TRIBUTARY_PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });

describe('The call page', { skip: skipUnlessChromium || skipUnlessPage }, () => {
  let browser;
  let site;
  const contexts = [];
  before(async () => {
    browser = await launchChromium();
    site = await servePage();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function open(address, { on = browser, viewport = { width: 1100, height: 720 }, scheme = 'light' } = {}) {
    const context = await on.createBrowserContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.setViewport(viewport);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    page.requests = [];
    page.failures = [];
    page.on('request', (request) => page.requests.push(request.url().split('#')[0] + (request.postData() ?? '')));
    page.on('pageerror', (error) => page.failures.push(String(error)));
    await page.goto(address);
    return page;
  }
  const address = (params, passphrase, base = site.url) =>
    `${base}?${new URLSearchParams(params)}${passphrase ? `#passphrase=${encodeURIComponent(passphrase)}` : ''}`;
  const click = (page, name) => page.locator(`aria/${name}[role="button"]`).setTimeout(10_000).click();
  const sees = (page, what, body, arg, timeoutMillis = 20_000) =>
    until(what, () => page.evaluate(body, arg), { timeoutMillis }).catch(async (error) => {
      throw new Error(`${error.message}\npage says: ${await page.evaluate(() => document.body.innerText)}`);
    });
  const says = (page, pattern, timeoutMillis) =>
    sees(page, `the page says ${pattern}`, (source) => new RegExp(source, 'i').test(document.body.innerText), pattern.source, timeoutMillis);
  const playing = (page, name) =>
    sees(page, `a moving picture of ${name}`, (who) => {
      const tile = [...document.querySelectorAll('.tile')].find((t) => t.querySelector('.name').textContent === who);
      const frames = tile?.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      return frames > 5;
    }, name);
  const picture = (page, name) => pictures && page.screenshot({ path: join(pictures, `${name}.png`) });
  const closeAll = async () => {
    for (const context of contexts.splice(0)) await context.close().catch(() => undefined);
  };

  it('lets two people meet, encrypted, mute, and leave', async () => {
    try {
      const room = freshRoom('page');
      const ann = await open(address({ room, name: 'Ann' }, 'correct horse'));
      await sees(ann, 'the preview', () => document.getElementById('preview-video').videoWidth > 0);
      await picture(ann, 'lobby');
      await click(ann, 'Join');
      await says(ann, /Only you/);
      const bob = await open(address({ room, name: 'Bob' }, 'correct horse'), { scheme: 'dark' });
      await sees(bob, 'the preview', () => document.getElementById('preview-video').videoWidth > 0);
      await picture(bob, 'lobby-dark');
      await click(bob, 'Join');
      await Promise.all([playing(ann, 'Bob'), playing(bob, 'Ann')]);
      for (const page of [ann, bob]) {
        await says(page, /End-to-end encrypted/);
        await sees(page, 'an encrypted sign on both tiles', () => document.querySelectorAll('.tile[data-encryption="encrypted"]').length === 2);
      }
      await picture(ann, 'call');
      await picture(bob, 'call-dark');

      await click(bob, 'Microphone');
      await sees(ann, 'Bob muted', () => /^Bob, muted/.test(document.querySelectorAll('.tile')[1]?.getAttribute('aria-label')));
      await click(bob, 'Camera');
      await sees(ann, 'Bob without a picture', () => !document.querySelectorAll('.tile')[1].classList.contains('with-picture'));
      await picture(ann, 'call-muted');
      await click(bob, 'Camera');
      await playing(ann, 'Bob');

      assert.ok(![...ann.requests, ...bob.requests].some((text) => /correct|horse/.test(text)), 'the passphrase stays in the page');
      assert.deepEqual([...ann.failures, ...bob.failures], []);
      await click(bob, 'Leave');
      await says(bob, /Join a call/);
      await says(ann, /Only you/);
    } finally {
      await closeAll();
    }
  });

  it('says so when the passphrase is wrong, and recovers with the right one', async () => {
    try {
      const room = freshRoom('page');
      const ann = await open(address({ room, name: 'Ann' }, 'correct horse'));
      await click(ann, 'Join');
      await says(ann, /Only you/);
      const eve = await open(address({ room, name: 'Eve' }, 'battery staple'));
      await click(eve, 'Join');
      await says(eve, /Ann cannot be decrypted. The passphrases differ/);
      await sees(eve, 'a broken sign on her tile', () => document.querySelectorAll('.tile')[1].dataset.encryption === 'broken');
      await picture(eve, 'wrong-passphrase');
      await click(eve, 'Enter passphrase');
      await eve.keyboard.type('correct horse');
      await eve.keyboard.press('Tab');
      await eve.keyboard.press('Tab');
      await eve.keyboard.press('Enter');
      await playing(eve, 'Ann');
      await says(eve, /End-to-end encrypted/);
    } finally {
      await closeAll();
    }
  });

  it('says why nothing is published where encryption is required', async () => {
    try {
      const room = freshRoom('page');
      const ann = await open(address({ room, name: 'Ann' }, 'correct horse'));
      await click(ann, 'Join');
      await says(ann, /Only you/);
      await sees(ann, 'her picture is published', () =>
        [...window.tributary.room.localParticipant.trackPublications.values()].some((publication) => publication.trackSid));
      const bob = await open(address({ room, name: 'Bob' }));
      await click(bob, 'Join');
      await says(bob, /this room requires end-to-end encryption. Leave, and join again with a passphrase/);
      await picture(bob, 'encryption-required');
    } finally {
      await closeAll();
    }
  });

  it('works on a phone and by keyboard alone, and every target can be hit', async () => {
    try {
      const room = freshRoom('page');
      const ann = await open(address({}), { viewport: { width: 390, height: 780, hasTouch: true, isMobile: true, deviceScaleFactor: 2 } });
      await picture(ann, 'phone-lobby');
      await ann.keyboard.type('Ann');
      await ann.keyboard.press('Tab');
      await ann.keyboard.type(room);
      await ann.keyboard.press('Tab');
      await ann.keyboard.type('correct horse');
      await says(ann, /will be end-to-end encrypted/);
      await ann.keyboard.press('Enter');
      await says(ann, /Only you/);
      assert.equal(await ann.evaluate(() => document.activeElement.id), 'call-title');
      const bob = await open(address({ room, name: 'Bob' }, 'correct horse'));
      await click(bob, 'Join');
      await playing(ann, 'Bob');
      await picture(ann, 'phone-call');

      const reached = [];
      for (let i = 0; i < 12 && reached.at(-1) !== 'leave'; i++) {
        await ann.keyboard.press('Tab');
        reached.push(await ann.evaluate(() => document.activeElement.id));
      }
      assert.deepEqual(['invite', 'mic', 'cam', 'leave'].filter((id) => !reached.includes(id)), [], `reached ${reached}`);
      const small = await ann.evaluate(() =>
        [...document.querySelectorAll('button, input, select')]
          .filter((e) => e.getClientRects().length && (e.getBoundingClientRect().width < 44 || e.getBoundingClientRect().height < 44))
          .map((e) => e.id || e.textContent));
      assert.deepEqual(small, [], 'targets under 44 px');
      const unnamed = await ann.evaluate(() =>
        [...document.querySelectorAll('button')].filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.id));
      assert.deepEqual(unnamed, []);
      assert.ok(await ann.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out sideways');
      await ann.keyboard.press('Enter');
      await says(ann, /Join a call/);
      await says(bob, /Only you/);
    } finally {
      await closeAll();
    }
  });

  it('says what is wrong: token refused, subscribe only, no token, server away, room full', async () => {
    const sites = [];
    const withMint = async (options) => {
      const made = await servePage(options);
      sites.push(made);
      return made.url;
    };
    try {
      const cases = [
        [await withMint({ mint: (c) => sign(claimsFor({ key: server.key, ...c }), 'not the secret of this server at all') }), /server refused the token/],
        [await withMint({ mint: null }), /does not hand out tokens/],
        [await withMint({ of: { ...server, url: 'ws://127.0.0.1:9' }, mint: (c) => token(server, c) }), /cannot be reached/],
        [await withMint({ mint: (c) => token(server, { ...c, video: { canPublish: false } }) }), /may watch and listen here, but not send/],
      ];
      for (const [base, expected] of cases) {
        const page = await open(address({ room: freshRoom('page'), name: 'Ann' }, undefined, base));
        await click(page, 'Join');
        await says(page, expected);
        await closeAll();
      }
    } finally {
      await closeAll();
      await Promise.all(sites.map((s) => s.stop()));
    }
  });

  it('says what is wrong where there is no camera, or it is not allowed, and still joins', async () => {
    for (const [setting, expected, picked] of [
      [{ fakeDevices: false }, /No camera was found/, 'no-camera'],
      [{ autoAccept: false, args: ['--deny-permission-prompts'] }, /not allowed to use the camera/, 'denied'],
    ]) {
      const other = await launchChromium(setting);
      try {
        const page = await open(address({ room: freshRoom('page'), name: 'Ann' }), { on: other });
        await says(page, expected);
        await picture(page, picked);
        await click(page, 'Join');
        await says(page, /Only you/);
      } finally {
        contexts.length = 0;
        await other.close();
      }
    }
  });

  it('says what is wrong where the page is not secure', async () => {
    const other = await launchChromium({ args: ['--host-resolver-rules=MAP insecure.example 127.0.0.1'] });
    try {
      const page = await open(address({ room: 'r', name: 'Ann' }, undefined, site.url.replace('127.0.0.1', 'insecure.example')), { on: other });
      await says(page, /Open this page over https, or as http:\/\/localhost/);
      await picture(page, 'insecure');
    } finally {
      contexts.length = 0;
      await other.close();
    }
  });
});
