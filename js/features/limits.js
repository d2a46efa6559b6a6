/**
 * The limits of an app: its memory, the time for which a task may hold the event loop, the functions in which it may
 * wait, and the number of the engine's stacks. See D84, D86, D118, D121.
 */
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { JSPI_MODULE } from '../marshal/protocol.js';
import { EOVERRUN } from '../marshal/status.js';
import { explainWaits } from './unexpected-waits.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { CommonLoadOptions } from '../lull.js' */

const PAGE = 65536;

/** For a task that is not the only one. */
const ADVICE = '. A loop that waits for another task has to let it run: by lull_pause(0), sched_yield() or a condition '
  + 'variable, or with --fuel=yield of lull build';

/** For tasks on the engine's stacks. */
const STACKS_ADVICE = "; V8's flags --stack-size and --wasm-stack-switching-stack-size, both in KB, set its size";

/** As C counts them. */
const MOST_STACKS = 2 ** 31 - 1;

/**
 * Prepare the limits of a module that is about to start: they hold before any of its own code runs.
 *
 * @param {Instance} instance
 * @param {WebAssembly.Imports} imports
 * @param {WebAssembly.Module} module
 * @param {CommonLoadOptions} options
 */
export async function limit(instance, imports, module, { maxMemory, maxRunTime, maxStacks }) {
  const { lull } = /** @type {{ lull: WebAssembly.ModuleImports }} */ (imports);
  if (WebAssembly.Module.imports(module).some((entry) => entry.module === JSPI_MODULE)) {
    (await import('./flights.js')).fly(instance, imports);
  }
  lull.overrun = maxRunTime === undefined ? () => {} : overrunOf(module, maxRunTime);
  const { start } = instance;
  instance.start = (exports) => {
    start.call(instance, exports);
    if (exports.lull_limit_stacks) adviseOnStacks(instance);
    if (maxStacks !== undefined) exports.lull_limit_stacks?.(Math.min(maxStacks, MOST_STACKS));
    if (maxMemory !== undefined) limitMemory(instance, maxMemory);
    if (maxRunTime !== undefined) limitRunTime(instance, maxRunTime);
    if (exports.lull_limit_waits) explainWaits(instance, module);
  };
}

/** @param {Instance} instance */
function adviseOnStacks(instance) {
  const explain = instance.explain.bind(instance);
  instance.explain = (overflow, exhausted, error) =>
    explain(overflow, exhausted, error) + (exhausted && !overflow ? STACKS_ADVICE : '');
}

/**
 * @param {Instance} instance
 * @param {number} bytes
 */
function limitMemory({ exports }, bytes) {
  const { lull_memory_limit: most, memory } = exports;
  if (!most) throw new TypeError("load: option 'maxMemory' needs a module of this version of lull: build it again");
  const least = memory.buffer.byteLength;
  if (bytes < least) {
    throw wrong("load: option 'maxMemory'", `at least ${least}, the bytes with which this module begins`, bytes);
  }
  most.value = Math.min(Math.floor(bytes / PAGE), most.value);
}

/**
 * @param {Instance} instance
 * @param {number} milliseconds
 */
function limitRunTime({ exports }, milliseconds) {
  const { lull_limit_run_time: setLimit } = exports;
  if (!setLimit) {
    throw new TypeError(
      "load: option 'maxRunTime' needs a module that counts what its functions do: build it with --fuel",
    );
  }
  setLimit(milliseconds / 1000);
}

/**
 * The import that ends a task which ran too long: in the function of this number, or its complement if it is the only
 * task.
 *
 * @param {WebAssembly.Module} module
 * @param {number} milliseconds
 */
const overrunOf = (module, milliseconds) => (/** @type {number} */ number) => {
  const alone = number < 0;
  const [names] = WebAssembly.Module.customSections(module, 'lull functions');
  const name = new TextDecoder().decode(names).split('\0')[alone ? ~number : number];
  const advice = alone ? '' : ADVICE;
  throw new LullError(EOVERRUN, `it held the event loop for more than ${milliseconds} ms, in ${name}()${advice}`);
};
