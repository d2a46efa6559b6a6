/** How a page loads a module: what is tested in each browser besides the tests of the wasm build. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { Page } from './browsers.js' */

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testLoading(given) {
  /**
   * @param {string} path
   * @param {(page: Page) => Promise<void>} body
   */
  async function onPage(path, body) {
    const { open, origin } = given();
    const page = await open();
    await page.goto(`${origin}${path}`);
    await page.evaluate(async () => {
      const global = /** @type {any} */ (globalThis);
      while (!global.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
    });
    await body(page);
    await page.close();
  }

  test('a page loads lull by an import map, under a policy that allows no eval, not isolated', () =>
    onPage('/page/', async (page) => {
      const found = await page.evaluate(async () => {
        const app = await /** @type {any} */ (globalThis).lull.load('/fixture/empty.wasm');
        await app.call.nothing();
        const { spawned } = app.stats();
        await app.close();
        return { spawned, isolated: globalThis.crossOriginIsolated };
      });
      assert.deepEqual(found, { spawned: 1, isolated: false });
    }));

  test('a module is compiled while it arrives', () => onPage('/page/', async (page) => {
    const streamed = await page.evaluate(async () => {
      const { compileStreaming } = WebAssembly;
      let calls = 0;
      WebAssembly.compileStreaming = (source) => {
        calls++;
        return compileStreaming(source);
      };
      const app = await /** @type {any} */ (globalThis).lull.load('/fixture/empty.wasm');
      await app.close();
      return calls;
    });
    assert.equal(streamed, 1);
  }));

  test('a page whose module needs no feature loads the core alone', () => onPage('/page/', async (page) => {
    const loaded = await page.evaluate(async () => {
      const app = await /** @type {any} */ (globalThis).lull.load('/fixture/empty.wasm');
      await app.close();
      return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    });
    assert.ok(loaded.includes('/lull/web/index.js'), loaded.join(' '));
    assert.deepEqual(loaded.filter((/** @type {string} */ path) => /shim|features|diagnostics/.test(path)), []);
  }));

  test('what host functions need is asked for while the module is on its way', () => onPage('/page/', async (page) => {
    const answer = await page.evaluate(async () => {
      const { load, browserHost } = /** @type {any} */ (globalThis).lull;
      const arrived = new Promise((resolve) => {
        new PerformanceObserver((list) => {
          if (list.getEntries().some(({ name }) => name.endsWith('/features/host-calls.js'))) resolve('arrived');
        }).observe({ type: 'resource' });
      });
      const late = new Promise((resolve) => setTimeout(resolve, 300_000, 'not asked for'));
      const asked = Promise.race([arrived, late]);
      const app = await load(asked.then(() => fetch('/fixture/frame.wasm')), { host: browserHost() });
      await app.close();
      return asked;
    });
    assert.equal(answer, 'arrived');
  }));

  test('all that a module needs of lull is asked for at once', () => onPage('/page/wasi.html', async (page) => {
    const ended = await page.evaluate(async () => {
      const lull = '/together/web/index.js'; // answers when all has been asked for
      const { load } = await import(lull);
      const app = await load('/fixture/js_channels.wasm', { host: { choose() {} } });
      await app.close();
      return 'closed';
    });
    assert.equal(ended, 'closed');
  }));

  test('what an iframe made is as good as what the page made', () => onPage('/page/wasi.html', async (page) => {
    const found = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const theirs = /** @type {any} */ (frame.contentWindow);
      const thrown = new theirs.TypeError('made in the iframe');
      const host = Object.assign(new theirs.Object(), {
        length_of: (/** @type {Uint8Array} */ bytes) => bytes.length,
        call() { throw thrown; },
      });
      const source = await (await fetch('/fixture/edges.wasm')).arrayBuffer();
      const copy = new theirs.ArrayBuffer(source.byteLength);
      new Uint8Array(copy).set(new Uint8Array(source));
      /** @type {unknown[]} */
      const results = [];
      for (const module of [copy, new theirs.Uint8Array(copy), await theirs.WebAssembly.compile(copy)]) {
        const app = await /** @type {any} */ (globalThis).lull.load(module, { host });
        const aborter = new theirs.AbortController();
        const task = app.spawn('sleep', theirs.Array.of(1000), { signal: aborter.signal });
        aborter.abort(thrown);
        results.push([
          await app.call.sum(new theirs.Uint8Array([1, 2, 3])) === 6n,
          await app.call.call_host().then(() => 'called', (/** @type {unknown} */ error) => error === thrown),
          await task.result.then(() => 'slept', (/** @type {unknown} */ error) => error === thrown),
        ]);
        await app.close();
      }
      frame.remove();
      return results;
    });
    assert.deepEqual(found, Array(3).fill([true, true, true]));
  }));

  test('a page that lacks what WASI needs is told what to add', () => onPage('/page/', async (page) => {
    const message = await page.evaluate(() => /** @type {any} */ (globalThis).lull.load('/fixture/program.wasm').then(
      () => 'loaded',
      (/** @type {Error} */ error) => error.message,
    ));
    assert.match(message, /^this module uses WASI.*@bjorn3\/browser_wasi_shim.*import map/);
  }));

  test('a page with WASI runs a plain program', () => onPage('/page/wasi.html', async (page) => {
    const status = await page.evaluate(async () => {
      const app = await /** @type {any} */ (globalThis).lull.load('/fixture/program.wasm');
      const ended = await app.run(['program', '7']);
      await app.close();
      return ended;
    });
    assert.equal(status, 7);
  }));

  test('a module worker runs tasks, and has frames', () => onPage('/page/', async (page) => {
    const found = await page.evaluate(() => new Promise((resolve, reject) => {
      const worker = new Worker('/page/worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the worker: ${message}`));
    }));
    assert.deepEqual(found, { waited: 3, isolated: false });
  }));
}
