/**
 * The time from navigation to the first task. The pages navigate by themselves, because a browser under remote control
 * takes some 20 ms longer to show a page.
 */
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { serve } from '../scripts/serve.js';
import { launchByPuppeteer } from '../tests/browser/browsers.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Milliseconds between two pages, in which the browser becomes idle. */
const REST = 300;

/** The time limit of the whole measurement, in milliseconds. */
const LONGEST = 120_000;

const REPORT = `<!doctype html><script>
  globalThis.ran = (time) => setTimeout(() => { location = '/next.html?' + time; }, ${REST});
</script>`;

// Everything is preloaded: see docs/browsers.md.
const PRELOAD = '<link rel="preload" href="/wasm/frame.wasm" as="fetch" type="application/wasm" crossorigin>';

/** The module without lull: its imports do nothing. */
const BY_HAND = `
const nothing = new Proxy({}, { get: () => () => 0 });
const imports = new Proxy({}, { get: () => nothing });
const { instance } = await WebAssembly.instantiateStreaming(fetch('/wasm/frame.wasm'), imports);
instance.exports._initialize();
ran(performance.now());
`;

const pages = /** @type {Record<string, string>} */ ({
  'first.html': `${REPORT}${PRELOAD}<script type="module" src="/first.js"></script>`,
  'by-hand.html': `${REPORT}${PRELOAD}<script type="module" src="/by-hand.js"></script>`,
  'line.html': `${REPORT}<script type="module">ran(performance.now());</script>`,
});

/**
 * Bundle a page into one file, without the parts of lull that the module does not need.
 *
 * @param {Uint8Array} wasm
 */
async function script(wasm) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (wasm)));
  const { outputFiles } = await bundle({
    entryPoints: [`${root}bench/page/first.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    external: imports.some(({ module }) => module.startsWith('wasi')) ? [] : ['*/wasi.js'],
    plugins: [{
      name: 'as served',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\/lull\// }, ({ path }) => ({ path: path.replace('/lull/', root) })),
    }],
  });
  return outputFiles[0].contents;
}

/**
 * @param {'chromium' | 'firefox'} name
 * @param {Uint8Array} wasm frame.c
 * @param {number} rounds
 */
export async function measureFirstTask(name, wasm, rounds) {
  const first = await script(wasm);
  const names = Object.keys(pages);
  /** @type {number[][]} the times of each round, by page */
  const measured = [];
  /** @type {(failure?: string) => void} */
  let finish;
  /** @type {Promise<string | undefined>} */
  const finished = new Promise((resolve) => { finish = resolve; });
  let at = -1; // the current page, counted through all rounds

  const server = await serve({
    '/': async (path, query) => {
      if (path !== 'next.html') return pages[path];
      if (at >= 0) (measured[Math.floor(at / names.length)] ??= [])[at % names.length] = Number([...query.keys()][0]);
      at++;
      // One more round: in the first, the browser starts.
      if (at === (rounds + 1) * names.length) return void finish();
      const next = names[at % names.length];
      return `<!doctype html><script>setTimeout(() => { location = '${next}'; }, ${REST});</script>`;
    },
    '/wasm/': async () => wasm,
    '/first.js': async () => first,
    '/by-hand.js': async () => BY_HAND,
  });
  const browser = await launchByPuppeteer(name);
  try {
    const page = await browser.open();
    await page.goto(`${server.origin}/next.html`);
    await browser.leave();
    const late = setTimeout(() => finish(`first-task: ${name} showed ${at} pages in ${LONGEST} ms`), LONGEST);
    const failure = await finished;
    clearTimeout(late);
    if (failure) throw new Error(failure);
  } finally {
    await browser.close();
    await server.close();
  }
  const figure = { name: 'first-task', what: 'from navigation on localhost until the first task has run', unit: 'ms' };
  const counted = measured.slice(1);
  return [
    { ...figure, baseline: 'the module instantiated by hand', pairs: counted.map(([ours, byHand]) => [ours, byHand]) },
    { ...figure, baseline: 'a page with one line of script', pairs: counted.map(([ours, , line]) => [ours, line]) },
  ];
}
