/** The switches of this process's engine. */
import { setFlagsFromString } from 'node:v8';
import { lackFor } from '../../js/diagnostics/switches.js';

/** V8's flag for stack switching, from the version that has it: before, V8 prints that it knows none. */
const FLAGS = new Map([[14, '--experimental-wasm-wasmfx'], [15, '--wasm-wasmfx']]);
const OLDEST_NODE = 26;

/**
 * Turn on the features of the engine that modules with this switch need, where Node leaves them off: before any of
 * these is compiled.
 *
 * @param {string} kind of switch
 */
export function enable(kind) {
  const { node, v8 } = process.versions;
  if (kind !== 'stacks' || !lackFor(kind) || parseInt(node) < OLDEST_NODE) return;
  const flag = FLAGS.get(Math.min(parseInt(v8), 15));
  if (flag) setFlagsFromString(flag);
}
