/** What is wrong with a value that somebody gave. */

/**
 * A value as an error message shows it: short, and never the cause of another error.
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

/**
 * The options that `load` and `spawn` share with each other, and what they have to be.
 *
 * @param {string} where
 * @param {string} name
 * @param {boolean} right
 * @param {string} wanted
 * @param {unknown} value
 */
export function checkOption(where, name, right, wanted, value) {
  if (value !== undefined && !right) throw wrong(`${where}: option '${name}'`, wanted, value);
}

/**
 * @param {string} where
 * @param {any} value bytes of stack; undefined for the default
 */
export function checkStackSize(where, value) {
  checkOption(where, 'stackSize', Number.isInteger(value) && value >= 1024 && value < 2 ** 31, 'at least 1024 bytes', value);
}
