/** The switches, by which the tasks of a module suspend: a build chooses one, or makes a module for each. See D121. */
import { STACK_SWITCHING } from '../js/diagnostics/switches.js';
import { Failure } from './failure.js';

/** @typedef {'asyncify' | 'stacks' | 'jspi'} Switch */

/**
 * Of each switch, the flags of the runtime's sources, and its modules' needs of an engine: an expression of
 * JavaScript, which the JavaScript beside several modules has.
 *
 * @type {Record<Switch, { flags: string[], supported: string }>}
 */
export const SWITCHES = {
  asyncify: { flags: [], supported: 'true' },
  stacks: {
    flags: ['-DLULL__SWITCH_STACKS'],
    supported: `WebAssembly.validate(new Uint8Array([${STACK_SWITCHING.join(', ')}]))`,
  },
  jspi: { flags: ['-DLULL__SWITCH_STACKS', '-DLULL__SWITCH_JSPI'], supported: "'Suspending' in WebAssembly" },
};

/** @type {Switch[]} */
export const DEFAULT = ['asyncify'];

/**
 * The value of --switch: names, the preferred one first.
 *
 * @param {string} value
 * @returns {Switch[]}
 */
export function switchesOf(value) {
  const names = value.split(',');
  const known = Object.keys(SWITCHES).join(', ');
  for (const [index, name] of names.entries()) {
    if (!Object.hasOwn(SWITCHES, name)) {
      throw new Failure(`--switch: there is no switch '${name}', but ${known}; or several with commas between`, 2);
    }
    if (names.indexOf(name) !== index) throw new Failure(`--switch ${value}: ${name} is there twice`, 2);
  }
  return /** @type {Switch[]} */ (names);
}
