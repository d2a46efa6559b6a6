/** What is tested in each browser. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serve } from '../../scripts/serve.js';
import { testAsyncFiles } from './async-files.js';
import { launch, missing } from './browsers.js';
import { testChat } from './chat.js';
import { testDocuments } from './documents.js';
import { testFrames } from './frames.js';
import { testHost } from './host.js';
import { testLoading } from './loading.js';
import { testStoredFiles } from './stored-files.js';
import { testTerminal } from './terminal.js';
import { HEADERS, pages } from './pages.js';
import { files, LEFT_OUT, wasmSuite } from './wasm-suite.js';
import { asyncifyOnly } from '../wasm/fixture.js';

/** @import { Browser, Name, Page } from './browsers.js' */

/** The tests to which it matters how an engine switches stacks: LULL_TEST_SWITCH runs these alone. */
const OF_SWITCHES = [
  'cancel', 'close', 'engine-stacks', 'exceptions', 'flights', 'generators', 'host-calls', 'posix-threads',
  'started-calls', 'switch', 'sync', 'tasks', 'trap',
].map((name) => `${name}.test.js`);

/**
 * What came of each test of a file.
 *
 * @param {Page} page
 * @param {string} origin
 * @param {string} file
 * @param {Record<string, string>} leftOut
 */
async function resultsOf(page, origin, file, leftOut) {
  await page.goto(`${origin}/suite/?file=${file}&leftOut=${encodeURIComponent(JSON.stringify(leftOut))}`);
  return JSON.parse(await page.evaluate(async () => {
    const suite = /** @type {any} */ (globalThis);
    while (!suite.results) await new Promise((resolve) => setTimeout(resolve, 10)); // its script is being loaded
    return JSON.stringify(await suite.results);
  }));
}

/** @param {Name} name */
export function testIn(name) {
  describe(name, { skip: missing(name) }, () => {
    /** @type {Browser} */
    let browser;
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let server;
    before(async () => {
      server = await serve({ ...pages, ...(await wasmSuite()) }, { headers: HEADERS });
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    const given = () => ({ name, open: () => browser.open(), origin: server.origin });
    if (!asyncifyOnly) {
      testLoading(given);
      testFrames(given);
      testHost(given);
      testStoredFiles(given);
      testAsyncFiles(given);
      testDocuments(given);
      testChat(given);
      testTerminal(given);
    }

    for (const file of asyncifyOnly ? OF_SWITCHES : files) {
      const leftOut = LEFT_OUT[file] ?? {};
      test(file, { skip: typeof leftOut === 'string' && leftOut }, async (t) => {
        const page = await browser.open();
        const results = await resultsOf(page, server.origin, file, /** @type {any} */ (leftOut));
        await page.close();
        assert.ok(results.length, 'it has tests');
        const names = results.map((/** @type {any} */ result) => result.name);
        assert.deepEqual(Object.keys(leftOut).filter((one) => !names.includes(one)), [], 'left out, but not there');
        for (const { name: title, skip, error, diagnostics } of results) {
          await t.test(title, { skip }, (one) => {
            for (const text of diagnostics) one.diagnostic(text);
            assert.ok(!error, error);
          });
        }
      });
    }
  });
}
