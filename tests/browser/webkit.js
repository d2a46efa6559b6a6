/** WebKit, by its own driver, spoken to in the protocol's plain HTTP: https://www.w3.org/TR/webdriver2/. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isExecutable, onPath } from '../../node/toolchain/executables.js';

/** @import { Browser, Page } from './browsers.js' */

/** The driver of WebKit, and what gives it a display. */
export function webKitDriver() {
  const driver = onPath('WebKitWebDriver');
  const display = process.env.DISPLAY ? '' : onPath('xvfb-run');
  return driver === undefined || display === undefined ? undefined : { driver, display };
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

/**
 * @param {number} longest that a function may take in a page, in milliseconds
 * @returns {Promise<Browser>}
 */
export async function launchWebKit(longest) {
  const { driver, display } = /** @type {NonNullable<ReturnType<typeof webKitDriver>>} */ (webKitDriver());
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
      if (tries === 6000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const { sessionId, capabilities } = await ask('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
        timeouts: { script: longest, pageLoad: longest },
      },
    },
  });
  const session = `/session/${sessionId}`;

  // A session has one window that always works: so its pages are one after the other.
  /** @type {Page} */
  const page = {
    ...visitor(session, ask, (run, ...args) => page.evaluate(run, ...args)),
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

/** The keys that the tests press: https://www.w3.org/TR/webdriver2/#keyboard-actions. */
const KEYS = /** @type {Record<string, string>} */ ({
  ArrowRight: '\uE014', Control: '\uE009', Home: '\uE011', Tab: '\uE004',
});

/**
 * What a visitor does in a page, by puppeteer's names: as far as the tests of the demo page need it.
 *
 * @param {string} session
 * @param {(method: string, path: string, body?: object) => Promise<any>} ask
 * @param {Page['evaluate']} evaluate
 */
function visitor(session, ask, evaluate) {
  const waitForFunction = async (
    /** @type {() => unknown} */ condition,
    /** @type {{ timeout: number, polling: number }} */ { timeout, polling },
    /** @type {unknown[]} */ ...args
  ) => {
    const end = Date.now() + timeout;
    while (!(await evaluate(condition, ...args))) {
      if (Date.now() > end) throw new Error(`not so within ${timeout} ms: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, polling));
    }
  };
  /** Call a function with what a selector finds, within the page. */
  const within = (/** @type {string} */ find) =>
    (/** @type {string} */ selector, /** @type {() => unknown} */ run, /** @type {unknown[]} */ ...args) =>
      evaluate(
        /** @type {any} */ (new Function('selector', '...args', `return (${run})(${find}, ...args)`)),
        selector,
        ...args,
      );
  const act = (/** @type {object} */ input) => ask('POST', `${session}/actions`, { actions: [input] });
  const type = (/** @type {string[]} */ types, /** @type {string} */ key) =>
    act({ type: 'key', id: 'keys', actions: types.map((one) => ({ type: one, value: KEYS[key] ?? key })) });
  const $eval = within('document.querySelector(selector)');
  return {
    $eval,
    $$eval: within('[...document.querySelectorAll(selector)]'),
    waitForFunction,
    waitForSelector: (/** @type {string} */ selector, /** @type {{ timeout: number }} */ { timeout }) => {
      const isThere = new Function('selector', 'return document.querySelector(selector) !== null');
      return waitForFunction(/** @type {any} */ (isThere), { timeout, polling: 50 }, selector);
    },
    async click(/** @type {string} */ selector) {
      const { x, y } = await evaluate((/** @type {string} */ selector) => {
        const element = /** @type {Element} */ (document.querySelector(selector));
        element.scrollIntoView({ block: 'center', behavior: 'instant' });
        const box = element.getBoundingClientRect();
        return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
      }, selector);
      const buttons = ['pointerDown', 'pointerUp'].map((type) => ({ type, button: 0 }));
      await act({ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', x, y }, ...buttons] });
    },
    focus: (/** @type {string} */ selector) => $eval(selector, /** @type {any} */ ('(element) => element.focus()')),
    keyboard: {
      press: (/** @type {string} */ key) => type(['keyDown', 'keyUp'], key),
      down: (/** @type {string} */ key) => type(['keyDown'], key),
      up: (/** @type {string} */ key) => type(['keyUp'], key),
    },
    setViewport: (/** @type {{ width: number, height: number }} */ { width, height }) =>
      ask('POST', `${session}/window/rect`, { width, height }),
    async screenshot(/** @type {{ path: string }} */ { path }) {
      writeFileSync(path, Buffer.from(await ask('GET', `${session}/screenshot`), 'base64'));
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
