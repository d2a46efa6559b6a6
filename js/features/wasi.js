/**
 * WASI, for modules that use C's standard library beyond memory: @bjorn3/browser_wasi_shim, on every platform. See D1.
 */
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { Exit } from '../core/instance.js';

/** @import { WasiOptions } from '../lull.js' */

/**
 * @param {WasiOptions} [options]
 * @returns {{ imports: Record<string, any>, start: (exports: Record<string, any>) => void }}
 */
export function wasi({ args = [], env = {}, fds = standardStreams() } = {}) {
  const system = new WASI(
    [...args],
    Object.entries(env).map(([name, value]) => `${name}=${value}`),
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
function standardStreams() {
  return [
    new OpenFile(new File([])),
    ConsoleStdout.lineBuffered((line) => console.log(line)),
    ConsoleStdout.lineBuffered((line) => console.error(line)),
  ];
}
