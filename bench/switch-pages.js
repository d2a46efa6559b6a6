/** The switches in a browser: one page for each, which measures each round that switches.js asks for. */
import { fileURLToPath } from 'node:url';
import { serve } from '../scripts/serve.js';
import { launchByPuppeteer, missing } from '../tests/browser/browsers.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Stack switching, garbage collections on demand, and clocks as exact as they are in Node. */
const OPTIONS = {
  flags: ['--js-flags=--wasm-wasmfx --expose-gc'],
  preferences: { 'privacy.reduceTimerPrecision': false },
};

const SHIM = '{ "imports": { "@bjorn3/browser_wasi_shim": "/shim/index.js" } }';
const PAGE = `<!doctype html>
  <script type="importmap">${SHIM}</script><script type="module" src="/bench/page/switches.js"></script>`;

/**
 * @param {'chromium' | 'firefox'} browserName
 * @param {Record<string, Uint8Array>} modules by their switches
 */
export async function openBrowser(browserName, modules) {
  const reason = missing(browserName);
  if (reason) throw new Error(reason);
  const server = await serve({
    '/': async (path) => (path === 'index.html' ? PAGE : undefined),
    '/wasm/': async (path) => modules[path.replace(/\.wasm$/, '')],
    '/bench/': `${root}bench`,
    '/shim/': `${root}node_modules/@bjorn3/browser_wasi_shim/dist`,
    '/lull/js/': `${root}js`,
    '/lull/web/': `${root}web`,
  });
  const browser = await launchByPuppeteer(browserName, OPTIONS);
  return {
    engine: `${browser.version}, ${process.platform} ${process.arch}`,
    /** @param {string} name of the switch */
    async start(name) {
      const page = await browser.open();
      /** @type {Promise<never>} a page that has crashed answers nothing */
      const crashed = new Promise((_, reject) => {
        page.on('error', reject);
      });
      crashed.catch(() => {});
      await page.goto(`${server.origin}/?switch=${name}`);
      await page.evaluate(async () => {
        while (!('answer' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 5));
      });
      return {
        /** @param {string} what a case, 'lack' or 'fresh' @returns {Promise<any>} */
        async ask(what) {
          await page.bringToFront(); // browsers slow hidden pages down
          const answer = page.evaluate((asked) => /** @type {any} */ (globalThis).answer(asked), what);
          return Promise.race([answer, crashed]).catch((error) => {
            throw new Error(`${browserName}: ${name}: ${what}: ${error.message}`);
          });
        },
        async close() {
          await page.close().catch(() => {}); // it may have crashed
        },
      };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
