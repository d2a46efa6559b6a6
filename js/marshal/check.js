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

/** How many letters of a name another lacks. @param {string} name @param {string} other */
const lacking = (name, other) => [...other].reduce((left, letter) => left.replace(letter, ''), name).length;

/**
 * The name that a misspelt one may mean: one with the same letters, but for two at most.
 *
 * @param {string} given
 * @param {readonly string[]} names
 */
export const meant = (given, names) => names.find((name) => lacking(name, given) + lacking(given, name) < 3);

/**
 * @param {string} owner
 * @param {string} what it does not have
 * @param {unknown} name
 * @param {readonly string[]} names that it has
 */
export function noSuch(owner, what, name, names) {
  if (typeof name !== 'string') return wrong(`the name of the ${what}`, 'a string', name);
  const near = meant(name, names);
  const hint = near === undefined ? `it has ${names.join(', ') || 'none'}` : `did you mean '${near}'?`;
  return new TypeError(`${owner} has no ${what} '${name}'; ${hint}`);
}
