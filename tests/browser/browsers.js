/** The browsers of this machine, without a window: Chromium and Firefox by puppeteer, WebKit by WebDriver. See D10. */
import puppeteer from 'puppeteer-core';
import { onPath } from '../../node/toolchain/executables.js';
import { launchWebKit, webKitDriver } from './webkit.js';

/**
 * What the tests ask of a page of any browser.
 *
 * @typedef {object} Page
 * @property {(url: string) => Promise<unknown>} goto resolves when the page has loaded
 * @property {(run: (...args: any[]) => any, ...args: unknown[]) => Promise<any>} evaluate a function in the page
 * @property {() => Promise<void>} hide have nobody see it, until it is shown
 * @property {() => Promise<void>} show
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {() => Promise<Page>} open
 * @property {() => Promise<void>} close
 */

/** How long anything may take in a browser, in milliseconds. */
const LONGEST = 600_000;

/** @param {...string} names */
function command(...names) {
  return names.map((name) => onPath(name)).find(Boolean);
}

const found = {
  chromium: command('chromium', 'chromium-browser', 'google-chrome'),
  firefox: command('firefox-esr', 'firefox'),
  webkit: webKitDriver(),
};

/** @typedef {keyof typeof found} Name */

/** What to install where a browser is missing: packages of Debian. */
const PACKAGES = { chromium: 'chromium', firefox: 'firefox-esr', webkit: 'webkit2gtk-driver xvfb xauth' };

/**
 * Why the tests of a browser are left out, or false.
 *
 * @param {Name} name
 */
export const missing = (name) => !found[name] && `there is no ${name} here (apt-get install ${PACKAGES[name]})`;

/**
 * @param {Name} name
 * @returns {Promise<Browser>}
 */
export async function launch(name) {
  return name === 'webkit' ? launchWebKit(LONGEST) : launchByPuppeteer(name);
}

/**
 * @param {'chromium' | 'firefox'} browser
 * @param {{ flags?: string[], preferences?: Record<string, unknown> }} [options] flags of Chromium, and Firefox's
 *   preferences
 */
export async function launchByPuppeteer(browser, { flags = [], preferences } = {}) {
  const launched = await puppeteer.launch({
    browser: browser === 'chromium' ? 'chrome' : 'firefox',
    executablePath: found[browser],
    headless: true,
    protocolTimeout: LONGEST,
    timeout: LONGEST,
    // Chromium has no sandbox for root; nothing but our own pages is loaded.
    args: browser === 'chromium' ? ['--no-sandbox', '--disable-dev-shm-usage', ...flags] : [],
    // Under remote control, each promise would keep the stack of its maker: an await would take eight times as long.
    extraPrefsFirefox: { 'javascript.options.asyncstack': false, ...preferences },
  });
  return {
    version: await launched.version(),
    async open() {
      const page = await launched.newPage();
      page.setDefaultTimeout(LONGEST);
      /** @type {import('puppeteer-core').Page | undefined} */
      let cover;
      return Object.assign(page, {
        async hide() {
          cover = await launched.newPage();
          await cover.bringToFront();
        },
        async show() {
          await cover?.close();
          await page.bringToFront();
        },
      });
    },
    /** End the remote control: the pages go on by themselves. */
    leave: () => launched.disconnect(),
    async close() {
      if (launched.connected) await launched.close();
      else launched.process()?.kill();
    },
  };
}
