/**
 * The switch on JSPI, as the build makes it: the functions of the program stay as they are, and JavaScript has those
 * that switch (js/features/flights.js), as for src/port/switch_jspi.c. See D122.
 */
import { exported } from './functions.js';

/** @import { Globals, InstrumentOptions } from './instrument.js' */
/** @import { Passes } from './passes.js' */

/** The function of C at the bottom of each stack, which calls the task's. */
const BODY = 'lull stack body';

/**
 * The function that calls tasks, by its only indirect call.
 *
 * @param {any} binaryen
 * @param {any} module
 */
export const entering = (binaryen, module) => [exported(binaryen, module, BODY)];

/** @returns {string[]} */
export const notInlined = () => [];

/**
 * @param {any} _binaryen
 * @param {Passes} _passes
 */
export async function instrument(_binaryen, _passes) {}

/**
 * @param {any} _binaryen
 * @param {any} _module
 * @param {Globals} globals
 * @param {InstrumentOptions} _options
 * @returns {{ never3: string, complete: () => void }} a global that is never 3; and the last step
 */
export const define = (_binaryen, _module, { limit }, _options) => ({
  never3: limit, // the addresses of stacks are aligned
  complete() {},
});
