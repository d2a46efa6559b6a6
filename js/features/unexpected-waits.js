/**
 * The message about a wait in a function that is not instrumented. toolchain/closed-calls.js makes the checks, which
 * end the task by a trap, and has the texts. See D123.
 */
import { TASK_ID, TASK_NAME } from '../marshal/protocol.js';

/** @import { Instance } from '../core/instance.js' */

/**
 * @param {Instance} instance
 * @param {WebAssembly.Module} module
 */
export function explainWaits(instance, module) {
  const { memory, exports: { lull_limit_waits: number, lull_limit_waits_in: callee } } = instance;
  const explain = instance.explain.bind(instance);
  instance.explain = (...trap) => {
    if (!number.value) return explain(...trap);
    const [texts] = WebAssembly.Module.customSections(module, 'lull unexpected waits');
    const [called, callees] = new TextDecoder().decode(texts).split('\0\0').map((list) => list.split('\0'));
    const text = called[number.value - 1].replace('\x01', () => callees[callee.value]);
    number.value = 0;
    return `task ${memory.number(TASK_ID)} '${memory.text(memory.number(TASK_NAME))}' ${text}`;
  };
}
