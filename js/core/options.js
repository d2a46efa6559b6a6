/** The options of `load`, `spawn` and the like: their names, and the values that fit. */
import { noSuch, wrong } from '../marshal/check.js';
import { STACK_MIN } from '../marshal/protocol.js';

/**
 * The values that fit, and a description of them for the message.
 *
 * @typedef {[fits: (value: any) => boolean, wanted: string]} Option
 */

/** Options by name. @typedef {Readonly<Record<string, Option>>} Options */

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {unknown} value */
const isPositive = (value) => typeof value === 'number' && value > 0;

/**
 * Whether an object has these methods.
 *
 * @param {string} names
 * @returns {(value: any) => boolean}
 */
const does = (names) => (value) => names.split(' ').every((name) => typeof value?.[name] === 'function');

/**
 * @param {string} type that `typeof` tells
 * @returns {Option}
 */
const of = (type) => [(value) => typeof value === type, `a ${type}`];

/** @type {Option} */
const OBJECT = [isObject, 'an object'];
/** @type {Option} */
const STACK_SIZE = [
  (value) => (value | 0) === value && value >= STACK_MIN, `at least ${STACK_MIN} bytes`,
];
/** @type {Option} */
export const COUNT = [(value) => value >>> 0 === value && value > 0, 'an integer above 0'];
/** @type {Option} */
export const TIME = [(value) => typeof value === 'number' && value >= 0, 'milliseconds, not negative'];
/** @type {Option} */
export const SIGNAL = [does('addEventListener removeEventListener'), 'an AbortSignal'];

/** @type {Options} */
export const LOAD = {
  host: OBJECT,
  budget: [isPositive, 'milliseconds above 0'],
  stackSize: STACK_SIZE,
  maxTasks: COUNT,
  maxStacks: COUNT,
  maxMemory: [isPositive, 'bytes above 0'],
  maxRunTime: [isPositive, 'milliseconds above 0'],
  report: of('function'),
  wasi: OBJECT,
  posix: OBJECT,
  keepContext: of('boolean'),
  unref: of('boolean'),
  clock: [does('now arm disarm soon later'), 'a clock'],
};

/** @type {Options} */
export const SPAWN = {
  name: of('string'),
  delay: TIME,
  timeout: TIME,
  stackSize: STACK_SIZE,
  signal: SIGNAL,
};

/** @type {Options} */
export const STREAM = { ...SPAWN, highWaterMark: COUNT };

/** @type {Options} */
export const CLOSE = { timeout: TIME };

/**
 * Read options, or throw a TypeError that names the one that is unknown or does not fit.
 *
 * @param {string} where
 * @param {any} given
 * @param {Options} options
 * @returns {any} the own ones of `given`: neither has anything of Object.prototype
 */
export function readOptions(where, given = {}, options) {
  if (!isObject(given)) throw wrong(`${where}: the options`, 'an object', given);
  const read = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(options, name)) throw noSuch(where, 'option', name, Object.keys(options));
    const [fits, wanted] = options[name];
    if (value !== undefined && !fits(value)) throw wrong(`${where}: option '${name}'`, wanted, value);
    read[name] = value;
  }
  return read;
}
