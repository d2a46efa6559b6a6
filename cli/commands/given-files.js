/** Reads the files that a command is given. Every error names the file. */
import { readFile, stat } from 'node:fs/promises';
import { languageOf } from '../../toolchain/arguments.js';
import { resolve } from 'node:path';
import { Failure } from '../../toolchain/failure.js';
import { isScript, moduleBehind } from '../../toolchain/outputs.js';
import { ABI_PREFIX } from '../../js/marshal/protocol.js';

/** @param {string} file */
export async function readGiven(file) {
  return readFile(file).catch((error) => {
    throw Object.assign(error, { path: file }); // one that was opened, as folders are, has none
  });
}

/**
 * Refuse directories: one compiler calls them missing, the other objects. The compilers report missing files.
 *
 * @param {string[]} files of a program
 * @param {string} folder the current one
 */
export async function refuseFolders(files, folder) {
  for (const file of files) {
    const found = await stat(resolve(folder, file)).catch(() => undefined);
    if (found?.isDirectory()) throw new Failure(`${file}: illegal operation on a directory`);
  }
}

/**
 * Whether a file is a program that is built already.
 *
 * @param {string} file
 */
export async function isBuilt(file) {
  if (file.endsWith('.wasm')) return true;
  return !languageOf(file) && isScript(await readFile(file).catch(() => new Uint8Array()));
}

/** @param {string} file a module or an executable of lull */
export async function moduleIn(file) {
  const bytes = moduleBehind(await readGiven(file));
  const module = await WebAssembly.compile(bytes).catch(({ message }) => {
    const why = bytes.toString('latin1', 0, 4) === '\0asm' ? `: ${message}` : '';
    throw new Failure(`${file} is not a WebAssembly module${why}`);
  });
  const ours = WebAssembly.Module.exports(module).some(({ name }) => name.startsWith(ABI_PREFIX));
  if (!ours) throw new Failure(`${file} was not built by lull`);
  return module;
}
