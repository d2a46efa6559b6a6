/** Files in memory that a folder of the browser keeps, on a real page. */
import { testInFolder } from './browser-folder.js';

/** @import { Page } from './browsers.js' */

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testStoredFiles(given) {
  /**
   * @param {string} name
   * @param {(tools: any) => Promise<unknown>} body in the page
   * @param {unknown} expected
   */
  const testOnPage = (name, body, expected) => testInFolder(given, name, `
      const { load, storedFiles } = globalThis.lull;
      const loaded = async () => {
        const files = await storedFiles(folder);
        return { files, app: await load('/fixture/files.wasm', { wasi: { files } }) };
      };
      const text = (bytes) => new TextDecoder().decode(bytes);
      /** What the folder has, without lull. */
      const contents = async (of = folder, start = '') => {
        const all = [];
        for await (const handle of of.values()) {
          const path = start + '/' + handle.name;
          if (handle.kind === 'directory') all.push(path + '/', ...await contents(handle, path));
          else all.push(path + ' ' + await (await handle.getFile()).text());
        }
        return all.sort();
      };
      /** Ends when the folder has this. A file may go away between its listing and its reading. */
      const until = async (wanted) => {
        while (JSON.stringify(await contents().catch(() => {})) !== JSON.stringify(wanted)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return wanted;
      };
      return await (${body})({ folder, loaded, storedFiles, text, contents, until });
    `, expected);

  testOnPage('what C has written is there for the next app', async ({ loaded, text }) => {
    const first = await loaded();
    first.files.write('/data/in.txt', 'Grüße');
    await first.app.call.copies('/data/in.txt', '/out.txt');
    await first.app.close();
    const second = await loaded();
    await second.app.call.copies('/out.txt', '/again.txt');
    const found = [second.files.list(), text(second.app.files.read('/again.txt'))];
    await second.app.close();
    return found;
  }, [['/again.txt', '/data/in.txt', '/out.txt'], 'Grüße']);

  testOnPage('a file is saved when C has closed it, without close of the app', async ({ loaded, until }) => {
    const { app, files } = await loaded();
    files.write('/a', 'text');
    await app.call.copies('/a', '/b');
    return until(['/a text', '/b text']);
  }, ['/a text', '/b text']);

  testOnPage('what is removed, renamed or replaced is so in the folder', async ({ loaded, contents }) => {
    const { app, files } = await loaded();
    for (const path of ['/d/e/f', '/gone', '/kept', '/tmp/x']) files.write(path, path);
    files.write('/empty/file', '');
    files.remove('/empty/file');
    await files.save();
    const before = await contents();
    files.remove('/gone');
    files.remove('/d');
    files.write('/d', 'a file in place of a folder');
    files.write('/kept', 'new');
    await app.close();
    return [before, await contents()];
  }, [
    ['/d/', '/d/e/', '/d/e/f /d/e/f', '/empty/', '/gone /gone', '/kept /kept'],
    ['/d a file in place of a folder', '/empty/', '/kept new'],
  ]);

  testOnPage('a save writes what has changed, and nothing else', async ({ loaded, folder }) => {
    const { app, files } = await loaded();
    files.write('/a', 'a');
    files.write('/b', 'b');
    await files.save();
    const timeOf = async (/** @type {string} */ name) =>
      (await (await folder.getFileHandle(name)).getFile()).lastModified;
    const before = [await timeOf('a'), await timeOf('b')];
    await new Promise((resolve) => setTimeout(resolve, 20));
    files.write('/b', 'c');
    await files.save();
    const after = [await timeOf('a'), await timeOf('b')];
    await app.close();
    return [after[0] === before[0], after[1] > before[1]];
  }, [true, true]);

  testOnPage('a program does with stored files what it does with others', async ({ loaded }) => {
    const { app } = await loaded();
    const results = [];
    for (const name of ['stdio', 'folders', 'renames', 'unlinked_files', 'listings', 'symbolic_links']) {
      results.push(await app.call[name]());
    }
    await app.close();
    return results;
  }, [0, 0, 0, 0, 0, 0]);

  testOnPage('close rejects where a file cannot be saved, and the others are', async ({ loaded, contents }) => {
    const { app, files } = await loaded();
    const { getFileHandle } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.getFileHandle = function (name, options) {
      return name === 'b' ? Promise.reject(new DOMException('full', 'QuotaExceededError'))
        : getFileHandle.call(this, name, options);
    };
    for (const name of ['a', 'b', 'c']) files.write(`/${name}`, name);
    globalThis.addEventListener('error', (event) => event.preventDefault()); // the save of its own turn reports it
    const failed = await app.close().catch((/** @type {any} */ error) => error.name);
    FileSystemDirectoryHandle.prototype.getFileHandle = getFileHandle;
    const saved = await contents();
    await files.save();
    return [failed, saved, await contents()];
  }, ['QuotaExceededError', ['/a a', '/c c'], ['/a a', '/b b', '/c c']]);

  testOnPage('what is no folder is a TypeError', async ({ storedFiles }) =>
    storedFiles({}).catch((/** @type {any} */ error) => [error.name, error.message]), [
    'TypeError',
    'storedFiles: the folder must be a FileSystemDirectoryHandle, as from navigator.storage.getDirectory(), not an '
      + 'object (Object)',
  ]);
}
