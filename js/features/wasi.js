/**
 * WASI, for modules that use C's standard library beyond memory: @bjorn3/browser_wasi_shim, on every platform. See D1.
 */
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { Exit } from '../core/instance.js';
import { readOptions } from '../core/options.js';
import { isText } from '../marshal/memory-codecs.js';
import { POSIX_MODULE } from '../marshal/protocol.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Options } from '../core/options.js' */
/** @import { Files, PosixOptions, WasiOptions } from '../lull.js' */
/** @import { PosixPlatform } from '../posix/index.js' */

const WASI_MODULE = 'wasi_snapshot_preview1';

/** With `save`, they are kept elsewhere: see StoredFiles. @typedef {Files & { save?: () => Promise<void> }} Kept */

/**
 * The chunk of files, as far as it is used here.
 *
 * @typedef {object} FilesChunk
 * @property {(fds: any[], given: WasiOptions['files']) => Kept | undefined} addFiles
 * @property {(system: WASI) => Record<string, (...args: number[]) => number>} fileCalls
 */

/** @typedef {PosixPlatform & { outputs?: () => any[] }} SystemPlatform */

/** @type {Options} */
const WASI_OPTIONS = {
  args: [(value) => Array.isArray(value) && value.every(isText), 'an array of strings without NUL'],
  env: [
    (value) => Object(value) === value && Object.values(value).every((text) => text === undefined || isText(text)),
    'an object of strings without NUL',
  ],
  fds: [Array.isArray, 'an array of file descriptors of @bjorn3/browser_wasi_shim'],
  files: [(value) => Object(value) === value, 'an object of texts and bytes by path'],
};

/**
 * The system of a module: WASI, its files, its sockets; the last two are chunks of their own.
 *
 * @param {Instance} instance
 * @param {{ imports: readonly { module: string, name: string }[] }} signatures
 * @param {{ wasi?: WasiOptions, posix?: PosixOptions }} options
 * @param {SystemPlatform} platform
 * @returns {Promise<{ imports: Record<string, any>, files?: Files, start: () => void,
 *   end: () => Promise<void> | undefined }>}
 */
export async function system(instance, { imports }, { wasi: options, posix }, platform) {
  const names = String(imports.map(({ module, name }) => module + name));
  /** @type {FilesChunk | undefined} */
  const chunk = names.includes('path_') ? await import('../files/index.js') : undefined;
  const sockets = names.includes(POSIX_MODULE) || posix
    ? await (await import('../posix/index.js')).sockets(instance, posix, platform) : undefined;
  const lines = [linesTo((line) => console.log(line)), linesTo((line) => console.error(line))];
  const {
    files: contents, args = [], env = {},
    fds: given = sockets?.streams?.() ?? [ // of a terminal, else an empty stdin, and the console
      new OpenFile(new File([])), ...(platform.outputs?.() ?? lines.map((line) => line.stream)),
    ],
  } = readOptions("load: option 'wasi'", options, WASI_OPTIONS);
  const fds = [...given];
  const files = chunk?.addFiles(fds, contents);
  const wasi = new WASI(
    [...args],
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`)),
    fds,
    { debug: false },
  );
  /** @type {Record<string, (...args: any[]) => any>} */
  const calls = {
    ...Object.fromEntries(Object.entries({ ...wasi.wasiImport, ...chunk?.fileCalls(wasi) }).map(unsigned)),
    proc_exit(/** @type {number} */ status) {
      throw new Exit(status);
    },
  };
  wasi.inst = /** @type {any} */ (instance);
  instance.flush = () => {
    try {
      instance.exports.lull_flush?.(); // src/hostlib/stdio.c; a module without stdio has none
    } catch (error) {
      instance.report(error); // a descriptor has thrown it
    }
  };
  const base = {
    fds,
    imports: calls,
    end() {
      lines.forEach((line) => line.end());
      return files?.save?.();
    },
  };
  return {
    files,
    imports: { [WASI_MODULE]: calls, [POSIX_MODULE]: sockets?.imports(base) },
    start: () => sockets?.start(),
    end() {
      sockets?.end();
      return base.end();
    },
  };
}

/**
 * All numbers of WASI are unsigned, as addresses above 2 GB show; wasm passes signed ones, and the shim takes them so.
 *
 * @type {(call: [name: string, run: (...args: any[]) => any]) => [string, (...args: any[]) => any]}
 */
const unsigned = ([name, run]) => [name, (...args) =>
  run(...args.map((value) => (typeof value === 'number' ? value >>> 0 : value)))];

/** A descriptor that prints the written lines. @param {(line: string) => void} print */
function linesTo(print) {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    stream: new ConsoleStdout((/** @type {Uint8Array} */ bytes) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = /** @type {string} */ (lines.pop());
      for (const line of lines) print(line);
    }),
    /** Print what no newline has ended. */
    end() {
      if (rest) print(rest);
      rest = '';
    },
  };
}
