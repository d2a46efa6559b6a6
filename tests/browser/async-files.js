/** Files in the browser's own folder, for which C's tasks wait, on a real page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { Page } from './browsers.js' */

const options = encodeURIComponent(JSON.stringify({ flags: ['--async-files'] }));

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testAsyncFiles(given) {
  test("tasks wait for files in the browser's own folder", async (t) => {
    const { open, origin } = given();
    const page = await open();
    await page.goto(`${origin}/page/wasi.html`);
    const found = await page.evaluate(/** @type {any} */ (new Function(`return (async () => {
      while (!globalThis.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
      if (!globalThis.FileSystemFileHandle?.prototype.createWritable) return 'missing';
      const root = await navigator.storage.getDirectory().catch(() => undefined);
      if (!root) return 'missing';
      await root.removeEntry('async', { recursive: true }).catch(() => {});
      const folder = await root.getDirectoryHandle('async', { create: true });
      const app = await globalThis.lull.load('/fixture/async_files.wasm?options=${options}', {
        posix: { folders: { '/store': folder } },
      });
      const results = {};
      for (const name of ['stdio', 'positions', 'folders', 'listings']) results[name] = await app.call[name]();
      await app.call.saves('saved');
      results.text = await (await (await folder.getFileHandle('a')).getFile()).text();
      await app.call.prints_without_end('left in a FILE');
      await app.close();
      results.left = await (await (await folder.getFileHandle('a')).getFile()).text();
      return results;
    })()`)));
    await page.close();
    if (found === 'missing') return t.skip('the browser has no folders of its own that a page can write');
    assert.deepEqual(found, { stdio: 0, positions: 0, folders: 0, listings: 0, text: 'saved', left: 'left in a FILE' });
  });
}
