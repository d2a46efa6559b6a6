/** Tests with an empty folder of the browser's own, on a real page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { Page } from './browsers.js' */

/**
 * Skipped where the browser has no such folders, or cannot write to them.
 *
 * @param {() => { open: () => Promise<Page>, origin: string }} given
 * @param {string} name
 * @param {string} body of an async function in the page, which has `folder`
 * @param {unknown} expected result
 */
export const testInFolder = (given, name, body, expected) => test(name, async (t) => {
  const { open, origin } = given();
  const page = await open();
  await page.goto(`${origin}/page/wasi.html`);
  const found = await page.evaluate(/** @type {any} */ (new Function(`return (async () => {
    while (!globalThis.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
    if (!globalThis.FileSystemFileHandle?.prototype.createWritable) return 'missing';
    const root = await navigator.storage.getDirectory().catch(() => undefined);
    if (!root) return 'missing';
    await root.removeEntry('test', { recursive: true }).catch(() => {});
    const folder = await root.getDirectoryHandle('test', { create: true });
    ${body}
  })()`)));
  await page.close();
  if (found === 'missing') return t.skip('the browser has no folders of its own that a page can write');
  assert.deepEqual(found, expected);
});
