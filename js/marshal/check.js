/** Argument validation: its error messages. */

/**
 * A value as an error message shows it: short, and without a call of its `toString`.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function show(value) {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 32 ? `${value.slice(0, 32)}…` : value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
    default:
      return String(value);
  }
}

/**
 * @param {string} what
 * @param {string} wanted
 * @param {unknown} value
 * @param {string} [verb]
 */
export function wrong(what, wanted, value, verb = 'be') {
  return new TypeError(`${what} must ${verb} ${wanted}, not ${show(value)}`);
}
