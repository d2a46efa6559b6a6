/**
 * The limits of an app: how much memory it may have, how long a task may hold the event loop, where it may not wait,
 * and how many stacks of the engine's its tasks may have. See D84, D86, D118, D121.
 */
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { JSPI_MODULE, TASK_ID, TASK_NAME } from '../marshal/protocol.js';
import { EOVERRUN } from '../marshal/status.js';

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
 * Give a module the imports that its switch needs.
 *
 * @param {Instance} instance
 * @param {WebAssembly.Imports} imports
 * @param {string} origins the modules that it imports from
 */
export async function prepare(instance, imports, origins) {
  if (origins.includes(JSPI_MODULE)) (await import('./flights.js')).fly(instance, imports);
}

/**
 * Set the limits, before any of the module's own code runs.
 *
 * @param {Instance} instance
 * @param {WebAssembly.Module} module
 * @param {CommonLoadOptions} options
 */
export function limit(instance, module, { maxMemory, maxRunTime, maxStacks }) {
  const limitStacks = instance.exports.lull_limit_stacks;
  if (limitStacks) adviseOnStacks(instance);
  if (maxStacks !== undefined) limitStacks?.(Math.min(maxStacks, MOST_STACKS));
  if (maxMemory !== undefined) limitMemory(instance, maxMemory);
  if (maxRunTime !== undefined) limitRunTime(instance, module, maxRunTime);
  if (instance.exports.lull_limit_waits) limitWaits(instance, module);
}

/** @param {Instance} instance */
function adviseOnStacks(instance) {
  const explain = instance.explain.bind(instance);
  instance.explain = (overflow, exhausted, error) =>
    explain(overflow, exhausted, error) + (exhausted && !overflow ? STACKS_ADVICE : '');
}

/**
 * Functions that are not instrumented: toolchain/closed-calls.js has the texts.
 *
 * @param {Instance} instance
 * @param {WebAssembly.Module} module
 */
function limitWaits(instance, module) {
  const { memory, exports: { lull_limit_waits: number } } = instance;
  const explain = instance.explain.bind(instance);
  instance.explain = (...trap) => {
    if (!number.value) return explain(...trap);
    const [texts] = WebAssembly.Module.customSections(module, 'lull unexpected waits');
    const text = new TextDecoder().decode(texts).split('\0')[number.value - 1];
    number.value = 0;
    return `task ${memory.number(TASK_ID)} '${memory.text(memory.number(TASK_NAME))}' ${text}`;
  };
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
 * @param {WebAssembly.Module} module
 * @param {number} milliseconds
 */
function limitRunTime(instance, module, milliseconds) {
  const setLimit = instance.exports.lull_limit_run_time;
  if (!setLimit) {
    throw new TypeError(
      "load: option 'maxRunTime' needs a module that counts what its functions do: build it with --fuel",
    );
  }
  const [names] = WebAssembly.Module.customSections(module, 'lull functions');
  instance.overrun = (number) => {
    const alone = number < 0;
    const name = new TextDecoder().decode(names).split('\0')[alone ? ~number : number];
    const advice = alone ? '' : ADVICE;
    throw new LullError(EOVERRUN, `it held the event loop for more than ${milliseconds} ms, in ${name}()${advice}`);
  };
  setLimit(milliseconds / 1000);
}
