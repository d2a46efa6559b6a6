/** Traces: what a program did, in the order in which it did it. */
import * as statuses from '../../js/marshal/status.js';
import { digested, EVENT, HOST, marks } from './interpreter.js';
import { names } from './program.js';

/** @type {Map<unknown, string>} */
const statusNames = new Map(Object.entries(statuses).map(([name, status]) => [status, name]));
const markNames = new Map(Object.entries(marks).map(([name, code]) => [code, name]));

/** Throws where they differ, and shows both. @param {number[]} actual @param {number[]} expected */
export function compare(actual, expected) {
  if (actual.length === expected.length && actual.every((number, i) => number === expected[i])) return;
  const [was, shouldBe] = [actual, expected].map(eventsOf);
  const same = was.findIndex((event, i) => event !== shouldBe[i]);
  const from = same < 0 ? was.length : same;
  const before = was.slice(0, from).map((event) => `    ${event}`);
  const rest = (/** @type {string} */ who, /** @type {string[]} */ events) => events.slice(from, from + 5).map((event) => `${who} ${event}`);
  throw new Error([...before.slice(-40), ...rest('  -', was), ...rest('  +', shouldBe), '(- the runtime, + the model)'].join('\n'));
}

/** @param {number[]} trace @returns {string[]} */
export function eventsOf(trace) {
  return Array.from({ length: trace.length / EVENT }, (_, i) => printEvent(trace.slice(i * EVENT, (i + 1) * EVENT)));
}

/** @param {number[]} event */
function printEvent([who, what, status, value, now, code, message]) {
  const name = (/** @type {number} */ number) => statusNames.get(number) ?? `${number}`;
  if (what === marks.waits) return `${now}s t${who} waits for: ${digested.get(value) ?? value}`;
  const error = code || message ? ` (last error: ${name(code)}${message ? ` #${message}` : ''})` : '';
  return `${now}s ${who === HOST ? 'host' : `t${who}`} ${names[what] ?? markNames.get(what)}: ${name(status)}${value ? `, ${value}` : ''}${error}`;
}
