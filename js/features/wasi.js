/**
 * WASI, for modules that use C's standard library beyond memory: @bjorn3/browser_wasi_shim, on every platform. See D1.
 */
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { Exit } from '../core/instance.js';
import { readOptions } from '../core/options.js';

/** @import { Options } from '../core/options.js' */
/** @import { WasiOptions } from '../lull.js' */

const isString = (/** @type {unknown} */ value) => typeof value === 'string';

/** @type {Options} */
const WASI_OPTIONS = {
  args: [(value) => Array.isArray(value) && value.every(isString), 'an array of strings'],
  env: [
    (value) => typeof value === 'object' && Object.values(value).every((text) => text === undefined || isString(text)),
    'an object of strings',
  ],
  fds: [(value) => Array.isArray(value), 'an array of file descriptors of @bjorn3/browser_wasi_shim'],
};

/**
 * @param {WasiOptions} [options]
 * @param {() => any[]} [streams] the default of `fds`
 * @returns {{ imports: Record<string, any>, start: (exports: Record<string, any>) => void }}
 */
export function wasi(options, streams = consoleStreams) {
  const { args = [], env = {}, fds = streams() } = readOptions("load: option 'wasi'", options, WASI_OPTIONS);
  const system = new WASI(
    [...args],
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`)),
    [...fds],
    { debug: false },
  );
  return {
    imports: {
      ...system.wasiImport,
      proc_exit(/** @type {number} */ status) {
        throw new Exit(status);
      },
    },
    start(exports) {
      system.inst = /** @type {any} */ ({ exports });
    },
  };
}

/** An empty stdin; stdout and stderr go to the console, by lines. */
function consoleStreams() {
  return [
    new OpenFile(new File([])),
    ConsoleStdout.lineBuffered((line) => console.log(line)),
    ConsoleStdout.lineBuffered((line) => console.error(line)),
  ];
}
