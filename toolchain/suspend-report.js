/** The report of `lull build --report`: the functions that may suspend, with reasons, costs and ways to have fewer. */
import { pointerOf } from './c-type.js';
import { namesOf } from './object-file.js';
import { CODE, IMPORTS, sectionsOf } from './sections.js';
import { SAID } from './call-graph.js';

/**
 * @import { CallGraph, Reason } from './call-graph.js'
 * @import { Cast } from './function-casts.js'
 * @import { Reader } from './sections.js'
 * @import { Bytes } from './system.js'
 */

/** The steps of a chain that are shown, and the functions, types and names. */
const STEPS = 6;
const ROWS = 20;
const NAMES = 8;

/**
 * @typedef {object} Report
 * @property {number} functions of the module
 * @property {number} bytes of their code, instrumented
 * @property {number} added bytes of it that instrumenting has added
 * @property {{ name: string, added: number, why: string[] }[]} instrumented functions, the most expensive first; `why`
 *   is a shortest chain of calls to a wait
 * @property {{ type: string, functions: number, reached: string[] }[]} types through which calls may suspend, with the
 *   number of functions that such calls make suspend by themselves, and the functions that they reach
 * @property {Cast[]} casts between types of functions: those of the one may be called through the other
 * @property {string[]} unknown functions without facts that anything may call: their objects were compiled otherwise
 */

/**
 * @param {CallGraph} graph
 * @param {Bytes} before a module with its names, not instrumented
 * @param {Bytes} after the same, instrumented
 * @param {Iterable<string>} unknown
 * @returns {Report}
 */
export function reportOf(graph, before, after, unknown) {
  const [sizes, grown] = [sizesOf(before), sizesOf(after)];
  const added = (/** @type {string} */ name) => (grown.get(name) ?? 0) - (sizes.get(name) ?? 0);
  const instrumented = [...graph.may].filter(([name, { by }]) => by && grown.has(name) && added(name) > 0)
    .map(([name]) => ({ name, added: added(name), why: chainOf(graph, name) })).sort((a, b) => b.added - a.added);
  /** @type {Map<string, { functions: number, reached: Set<string> }>} */
  const types = new Map();
  for (const { by, through } of graph.may.values()) {
    if (through === undefined) continue;
    const type = types.get(through) ?? { functions: 0, reached: new Set() };
    types.set(through, type);
    type.functions++;
    type.reached.add(by);
  }
  return {
    functions: grown.size,
    bytes: [...grown.values()].reduce((sum, size) => sum + size, 0),
    added: instrumented.reduce((sum, { added }) => sum + added, 0),
    instrumented,
    types: [...types].map(([type, { functions, reached }]) => ({
      type: pointerOf(type), functions, reached: [...reached],
    })).sort((a, b) => b.functions - a.functions),
    casts: graph.casts,
    unknown: [...unknown],
  };
}

/**
 * @param {CallGraph} graph
 * @param {string} name
 * @returns {string[]}
 */
function chainOf({ may }, name) {
  /** @type {string[]} */
  const chain = [];
  for (let reason = may.get(name); reason?.by; reason = may.get(reason.by)) {
    const through = reason.through === undefined ? '' : `by ${pointerOf(reason.through)} `;
    chain.push(`${through}${reason.by}`);
    if (reason.by === SAID || chain.length > may.size) break;
  }
  return chain;
}

/** @param {Report} report */
export function textOf({ functions, bytes, added, instrumented, types, casts, unknown }) {
  const percent = (100 * added / (bytes - added || 1)).toFixed(0);
  const lines = [
    `${instrumented.length} of ${functions} functions are instrumented, since they may suspend: `
      + `${added} bytes more (${percent} %)`,
    '', '  bytes  function: the calls by which it may suspend',
    ...instrumented.slice(0, ROWS).map(({ name, added, why }) =>
      `${String(added).padStart(7)}  ${name}: ${shortened(why).join(' > ')}`),
    ...more(instrumented.length - ROWS, 'function'),
  ];
  if (types.length > 0) {
    lines.push('', 'Calls through pointers of these types may suspend. LULL_NEVER_SUSPENDS_TYPE says of a type that',
      'they do not; the first is the number of functions that this is the reason for:',
      ...types.slice(0, ROWS).map(({ type, functions, reached }) =>
        `${String(functions).padStart(7)}  ${type}: ${[...reached.slice(0, NAMES),
          ...more(reached.length - NAMES, 'function')].join(', ').replace(', and', ' and')}`),
      ...more(types.length - ROWS, 'type'));
  }
  if (casts.length > 0) {
    lines.push('', 'By casts, functions are called through other types than their own:',
      ...casts.slice(0, ROWS).map(({ from, to, at }) => `  ${at}: ${from} to ${to}`),
      ...more(casts.length - ROWS, 'cast'));
  }
  if (unknown.length > 0) {
    lines.push('', `The types of calls in ${unknown.length} functions are not known, such as ${
      unknown.slice(0, NAMES).join(', ')}:`, 'compile their objects by lull cc or lull build.');
  }
  return `${lines.join('\n')}\n`;
}

/** @param {string[]} why */
const shortened = (why) => (why.length <= STEPS ? why
  : [...why.slice(0, STEPS - 2), '…', /** @type {string} */ (why.at(-1))]);

/** @param {number} count @param {string} what */
const more = (count, what) => (count > 0 ? [`and ${count} ${what}${count > 1 ? 's' : ''} more`] : []);

/**
 * The sizes of a module's functions.
 *
 * @param {Bytes} module with names
 * @returns {Map<string, number>}
 */
export function sizesOf(module) {
  /** @type {number[]} */
  const sizes = [];
  let imported = 0;
  for (const { kind, reader } of sectionsOf(module)) {
    if (kind === IMPORTS) imported = functionsImported(reader);
    if (kind !== CODE) continue;
    for (let left = reader.number(); left > 0; left--) {
      const length = reader.number();
      sizes.push(length);
      reader.skip(length);
    }
  }
  const names = namesOf(module);
  return new Map(sizes.map((size, index) => [names.get(imported + index) ?? String(imported + index), size]));
}

/** @param {Reader} reader of the section of imports */
function functionsImported(reader) {
  const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3];
  let count = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.number();
    if (kind === FUNCTION) count++;
    if (kind === TABLE || kind === GLOBAL) reader.number();
    if (kind === TABLE || kind === MEMORY) {
      const limited = reader.number() & 1;
      reader.number();
      if (limited) reader.number();
    } else {
      reader.number(); // of a tag, after a byte that is 0
      if (kind > GLOBAL) reader.number();
    }
  }
  return count;
}
