/** The browsers of this machine, without a window: Chromium and Firefox by puppeteer, WebKit by WebDriver. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { isExecutable, onPath } from '../../node/toolchain/executables.js';

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

/** How long a function may take in a page, in milliseconds. */
const LONGEST = 600_000;

/** @param {...string} names */
function command(...names) {
  return names.map((name) => onPath(name)).find(Boolean);
}

/** The driver of WebKit, and what gives it a display. */
function webKitDriver() {
  const driver = command('WebKitWebDriver');
  const display = process.env.DISPLAY ? '' : command('xvfb-run');
  return driver === undefined || display === undefined ? undefined : { driver, display };
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
  return name === 'webkit' ? launchWebKit() : launchByPuppeteer(name);
}

/** @param {'chromium' | 'firefox'} browser */
export async function launchByPuppeteer(browser) {
  const launched = await puppeteer.launch({
    browser: browser === 'chromium' ? 'chrome' : 'firefox',
    executablePath: found[browser],
    headless: true,
    protocolTimeout: LONGEST,
    // Chromium has no sandbox for root; nothing but our own pages is loaded.
    args: browser === 'chromium' ? ['--no-sandbox', '--disable-dev-shm-usage'] : [],
  });
  return {
    version: await launched.version(),
    async open() {
      const page = await launched.newPage();
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

/** A port that nobody listens at. @returns {Promise<number>} */
const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on('error', reject);
  server.listen(0, 'localhost', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    server.close(() => resolve(port));
  });
});

/** WebKit's own driver, spoken to in the protocol's plain HTTP. */
async function launchWebKit() {
  const { driver, display } = /** @type {NonNullable<typeof found.webkit>} */ (found.webkit);
  const port = await freePort();
  const [program, ...args] = [...(display ? [display, '-a'] : []), driver, `--port=${port}`];
  const child = spawn(program, args, {
    // A group of its own: xvfb-run and the display end with the driver.
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const stop = () => {
    try {
      process.kill(-Number(child.pid));
    } catch {
      // it has ended by itself
    }
  };
  process.once('exit', stop);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1)); // so that it stops, too

  /** @param {string} method @param {string} path @param {object} [body] */
  const ask = async (method, path, body) => {
    const response = await fetch(`http://localhost:${port}${path}`, {
      method,
      body: body && JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const { value } = /** @type {{ value: any }} */ (await response.json());
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  for (let tries = 0; ; tries++) {
    try {
      await ask('GET', '/status');
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const { sessionId, capabilities } = await ask('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
        timeouts: { script: LONGEST, pageLoad: LONGEST },
      },
    },
  });
  const session = `/session/${sessionId}`;

  // A session has one window that always works: so its pages are one after the other.
  /** @type {Page} */
  const page = {
    goto: (url) => ask('POST', `${session}/url`, { url }),
    async evaluate(run, ...args) {
      const script = `
        const [args, done] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]];
        Promise.resolve().then(() => (${run})(...args)).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) + '\\n' + error?.stack }),
        );`;
      const { value, error } = await ask('POST', `${session}/execute/async`, { script, args });
      if (error) throw new Error(error);
      return value;
    },
    hide: () => ask('POST', `${session}/window/minimize`, {}),
    show: () => ask('POST', `${session}/window/rect`, { width: 1024, height: 768 }),
    close: () => ask('POST', `${session}/url`, { url: 'about:blank' }),
  };
  return {
    version: `WebKitGTK ${capabilities.browserVersion}`,
    open: async () => page,
    async close() {
      await ask('DELETE', session).catch(() => {});
      stop();
    },
  };
}

/** Debian keeps it beside WebKit's libraries, by architecture and version of the interface. */
function miniBrowser() {
  const architecture = { x64: 'x86_64', arm64: 'aarch64' }[/** @type {'x64' | 'arm64'} */ (process.arch)];
  const folders = ['4.1', '4.0', '6.0'].map((version) => `/usr/lib/${architecture}-linux-gnu/webkit2gtk-${version}`);
  const found = folders.map((folder) => join(folder, 'MiniBrowser')).find(isExecutable);
  if (!found) throw new Error(`there is no MiniBrowser in ${folders.join(', ')}`);
  return found;
}
