/** Reads the files that a command is given. Every error names the file. */
import { readFile, stat } from 'node:fs/promises';
import { languageOf } from '../../toolchain/arguments.js';
import { resolve } from 'node:path';
import { Failure } from '../../toolchain/failure.js';
import { isScript, moduleBehind } from '../../toolchain/outputs.js';
import { interfaceOf } from '../../js/diagnostics/interface.js';
import { lackFor, switchOf } from '../../js/diagnostics/switches.js';
import { ABI_PREFIX } from '../../js/marshal/protocol.js';
import { enable } from './engine.js';

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

/**
 * A module or an executable of lull, as far as it can be read without compiling it: this Node may lack its features.
 *
 * @param {string} file
 */
export async function builtIn(file) {
  const bytes = moduleBehind(await readGiven(file));
  const found = interfaceOf(bytes);
  if (!found) {
    const why = bytes.toString('latin1', 0, 4) === '\0asm' ? `: ${await refusalOf(bytes)}` : '';
    throw new Failure(`${file} is not a WebAssembly module${why}`);
  }
  if (!found.exports.some(({ name }) => name.startsWith(ABI_PREFIX))) {
    throw new Failure(`${file} was not built by lull`);
  }
  return { bytes, interface: found };
}

/** The engine's message about a broken module. @param {Uint8Array<ArrayBuffer>} bytes */
const refusalOf = (bytes) => WebAssembly.compile(bytes).then(() => 'it cannot be read', ({ message }) => message);

/** @param {string} file a module or an executable of lull */
export async function moduleIn(file) {
  const { bytes } = await builtIn(file);
  const kind = switchOf(bytes);
  enable(kind);
  const lack = lackFor(kind);
  if (lack) throw new Failure(`${file} was built with --switch ${kind}, and ${lack}`);
  return WebAssembly.compile(bytes).catch(({ message }) => {
    throw new Failure(`${file} is not a WebAssembly module: ${message}`);
  });
}
