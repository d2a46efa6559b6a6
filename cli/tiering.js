/** How soon V8 optimizes functions of WebAssembly. */
import { setFlagsFromString } from 'node:v8';

/** In bytes of a function that have run. */
const BUDGET = 20e6;

/**
 * Have V8 optimize fewer functions of the compilers: they are large, and run for a few seconds. This is for the whole
 * process, so not for one that runs the user's program. See D104.
 */
export function optimizeLate() {
  try {
    setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`);
  } catch {
    // Another engine than V8.
  }
}
