/** The demo page, driven as a visitor would. Screenshots are in build/screenshots, to look at. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildDemo, importMapOf } from '../../scripts/demo.js';
import { serve } from '../../scripts/serve.js';
import { launch, missing } from './browsers.js';

/** @import { Browser } from './browsers.js' */

const screenshots = fileURLToPath(new URL('../../build/screenshots', import.meta.url));

const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DESKTOP = { width: 1200, height: 900 };

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

/** How long anything may take, in milliseconds. */
const LONGEST = 600_000;

const NAMES = /** @type {const} */ (['chromium', 'firefox', 'webkit']);

before(async () => {
  if (NAMES.every(missing)) return;
  folder = mkdtempSync(join(tmpdir(), 'lull demo '));
  await buildDemo(folder);
  const hash = createHash('sha256').update(importMapOf(folder)).digest('base64');
  server = await serve({ '/': folder }, {
    headers: { 'content-security-policy': `script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'` },
  });
});
after(async () => {
  await server?.close();
  if (folder) rmSync(folder, { recursive: true });
});

for (const name of NAMES) {
  describe(`the demo page in ${name}`, { skip: missing(name) }, () => {
    /** @type {Browser} */
    let browser;
    before(async () => { browser = await launch(name); });
    after(() => browser?.close());

    /**
     * @param {(page: any) => Promise<void>} body
     * @param {object} [viewport]
     * @param {'light' | 'dark'} [scheme]
     */
    async function onPage(body, viewport = DESKTOP, scheme = 'light') {
      const page = /** @type {any} */ (await browser.open());
      /** @type {unknown[]} */
      const errors = [];
      page.on?.('pageerror', (/** @type {unknown} */ error) => errors.push(error)); // WebDriver does not tell of them
      if (name === 'chromium') {
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      } else {
        await page.setViewport({ ...viewport, hasTouch: false, isMobile: false });
      }
      await page.goto(`${server.origin}/`);
      await page.waitForSelector('html[data-ready]', { timeout: LONGEST });
      await body(page);
      await page.close();
      assert.deepEqual(errors.map(String), []);
    }

    /** @param {any} page @param {string} selector @returns {Promise<string>} */
    const textOf = (page, selector) => page.$eval(selector, (/** @type {Element} */ element) => element.textContent);

    /** @param {any} page @param {(…args: any[]) => unknown} condition @param {...unknown} args */
    const until = (page, condition, ...args) =>
      page.waitForFunction(condition, { timeout: LONGEST, polling: 50 }, ...args);

    /** @param {any} page @param {string} step */
    const slideTo = (page, step) => page.$eval('#count', (/** @type {any} */ slider, /** @type {string} */ value) => {
      slider.value = value;
      slider.dispatchEvent(new Event('input'));
    }, step);

    test('the slider, by its keys, makes tasks and ends them', () => onPage(async (page) => {
      const tasks = () => Number(document.querySelector('#figures-c td')?.textContent?.replaceAll(',', ''));
      await until(page, tasks);
      await page.focus('#count');
      for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight'); // ten times as many
      assert.equal(await textOf(page, '#count-shown'), '10,000');
      await until(page, () => /^10,00\d$/.test(document.querySelector('#figures-c td')?.textContent ?? ''));
      await page.keyboard.press('Home');
      assert.equal(await textOf(page, '#count-shown'), '1');
      await until(page, () => document.querySelector('#figures-c td')?.textContent?.length === 1);
    }));

    test('a hundred thousand tasks wake in every frame', () => onPage(async (page) => {
      await slideTo(page, '100');
      await until(page, () => document.querySelector('#figures-c td')?.textContent?.startsWith('100,00'));
      await until(page, () => {
        const figure = (/** @type {number} */ column) => Number.parseFloat(
          document.querySelector(`#figures-c td:nth-of-type(${column})`)?.textContent?.replaceAll(',', '') ?? '');
        return figure(2) * figure(4) / 1000 > 90_000; // switches per second, milliseconds per frame
      });
      const bytes = Number(await textOf(page, '#figures-c td:nth-of-type(3)'));
      assert.ok(bytes > 50 && bytes < 500, `${bytes} bytes per task`);
    }));

    test('the slider goes to a million, and back', () => onPage(async (page) => {
      await slideTo(page, '120');
      assert.equal(await textOf(page, '#count-shown'), '1,000,000');
      await until(page, () => document.querySelector('#figures-c td')?.textContent?.startsWith('1,000,00'));
      await slideTo(page, '0');
      await until(page, () => document.querySelector('#figures-c td')?.textContent?.length === 1);
    }));

    test('the same runs as async functions, and as tasks again', () => onPage(async (page) => {
      await page.click('#engine-js');
      await until(page, () => document.querySelector('#figures-js td')?.textContent === '1,000');
      assert.equal(await page.$eval('#engine-js', (/** @type {any} */ one) => one.ariaPressed), 'true');
      await page.click('#engine-c');
      await until(page, () => /^1,00\d$/.test(document.querySelector('#figures-c td')?.textContent ?? ''));
    }));

    test('a crawl visits the pages; one task is cancelled at once, the slow one times out, the lost one fails', () =>
      onPage(async (page) => {
        // Within the page, as soon as its lane is there: the task must not have ended before.
        const stood = await page.evaluate(async () => {
          const button = await new Promise((resolve) => {
            const observer = new MutationObserver(() => {
              const found = document.querySelector('button[aria-label="Cancel stacks.html"]');
              if (found) resolve(found);
            });
            observer.observe(/** @type {Element} */ (document.querySelector('#lanes')), { childList: true });
            /** @type {any} */ (document.querySelector('#crawl')).click();
          });
          button.click();
          const ends = document.getElementsByClassName('end');
          const isCancelled = () => [...ends].some((end) => end.textContent === 'cancelled');
          const status = () => document.querySelector('#crawl-status')?.textContent ?? '';
          while (!isCancelled() && !/^Done/.test(status())) await new Promise((resolve) => setTimeout(resolve, 5));
          return status();
        });
        assert.doesNotMatch(stood, /^Done/); // the task was cancelled while the others went on
        await until(page, () => /^Done/.test(document.querySelector('#crawl-status')?.textContent ?? ''));
        const ends = await page.$$eval('.end', (/** @type {Element[]} */ found) => found.map((end) => end.textContent));
        for (const end of ['done', 'cancelled', 'timed out', '404']) assert.ok(ends.includes(end), `${end}: ${ends}`);
      }));

    test('cancelling all ends the crawl at once', () => onPage(async (page) => {
      await page.click('#crawl');
      await until(page, () => document.querySelectorAll('.lane').length >= 3);
      await page.click('#crawl-cancel');
      await until(page, () => /^Cancelled/.test(document.querySelector('#crawl-status')?.textContent ?? ''));
    }));

    test('the table shows what tasks wait for; one is paused, stepped and cancelled', () => onPage(async (page) => {
      const row = 'maker 1';
      await until(page, () => document.querySelectorAll('#tasks tbody tr').length === 5);
      assert.match(await textOf(page, '#tasks tbody'), /pause|channel|mutex/);
      await page.click(`button[aria-label="Pause ${row}"]`);
      const state = () => document.querySelector('#tasks tbody tr td')?.textContent;
      await until(page, () => document.querySelector('#tasks tbody tr td')?.textContent === 'paused');
      const slices = async () => Number(await textOf(page, '#tasks tbody tr td:nth-of-type(4)'));
      const stood = await slices();
      assert.match(await textOf(page, '#tasks tbody tr td:nth-of-type(5)'), /^\d+\.\d ms$/);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.equal(await slices(), stood, 'it stands still');
      await page.click(`button[aria-label="Step ${row}"]`);
      await until(page, (/** @type {number} */ before) =>
        Number(document.querySelector('#tasks tbody tr td:nth-of-type(4)')?.textContent) > before, stood);
      await until(page, () => document.querySelector('#tasks tbody tr td')?.textContent === 'paused');
      await page.click(`button[aria-label="Cancel ${row}"]`);
      await until(page, () => document.querySelector('#tasks tbody tr td')?.textContent === 'cancelled');
      assert.equal(await page.evaluate(state), 'cancelled');
    }));

    test('each demo shows its C source', () => onPage(async (page) => {
      for (const source of ['particles.c', 'crawler.c', 'inspect.c']) {
        await page.click(`details[data-source="${source}"] summary`);
        await until(page, (/** @type {string} */ one) =>
          (document.querySelector(`details[data-source="${one}"] code`)?.textContent?.length ?? 0) > 1000, source);
      }
    }));

    test('everything can be reached by the keyboard', () => onPage(async (page) => {
      const wanted = new Set(['count', 'engine-c', 'engine-js', 'crawl', 'restart']);
      for (let i = 0; i < 60 && wanted.size; i++) {
        await page.keyboard.press('Tab');
        wanted.delete(await page.evaluate(() => document.activeElement?.id));
      }
      assert.deepEqual([...wanted], []);
    }));

    for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
      for (const scheme of /** @type {const} */ (['light', 'dark'])) {
        const skip = name !== 'chromium' && (scheme === 'dark' || device === 'phone') && 'Chromium takes this one';
        test(`nothing is wider than a ${device}, ${scheme}; a screenshot is taken`, { skip }, () =>
          onPage(async (page) => {
            await page.click('#crawl');
            await slideTo(page, '80');
            await new Promise((resolve) => setTimeout(resolve, 5000));
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${wide} pixels too wide`);
            mkdirSync(screenshots, { recursive: true });
            await page.screenshot({ path: join(screenshots, `${name}-${device}-${scheme}.png`), fullPage: true });
          }, viewport, scheme));
      }
    }
  });
}
