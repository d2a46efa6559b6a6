/** Files in the browser's own folder, for which C's tasks wait, on a real page. */
import { testInFolder } from './browser-folder.js';

/** @import { Page } from './browsers.js' */

const options = encodeURIComponent(JSON.stringify({ flags: ['--async-files'] }));

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testAsyncFiles(given) {
  testInFolder(given, "tasks wait for files in the browser's own folder", `
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
    `, { stdio: 0, positions: 0, folders: 0, listings: 0, text: 'saved', left: 'left in a FILE' });
}
