/**
 * The names of C types of functions, as clang mangles them.
 * See https://itanium-cxx-abi.github.io/cxx-abi/abi.html
 */

const PREFIX = '_ZTS';

/**
 * Whether a type lists its parameters. One of `int (*)()` does not, and calls functions of several types.
 *
 * @param {string} mangled such as _ZTSFiPvE, for int (void *)
 */
export function hasPrototype(mangled) {
  if (!mangled.startsWith(`${PREFIX}F`)) return true; // of C++, known within its source alone
  return mangled[afterType(mangled, PREFIX.length + 1)] !== 'E';
}

/**
 * @param {string} mangled
 * @param {number} at
 * @returns {number} where the type there ends
 */
function afterType(mangled, at) {
  const letter = mangled[at];
  if (/[PRKVrOCG]/.test(letter)) return afterType(mangled, at + 1);
  if (/\d/.test(letter)) return afterName(mangled, at);
  if (letter === 'F') {
    let end = at + 1;
    while (end < mangled.length && mangled[end] !== 'E') end = afterType(mangled, end);
    return end + 1;
  }
  if (letter === 'A' || letter === 'S') return afterSubstitution(mangled, at);
  if (letter === 'U') return afterType(mangled, afterName(mangled, at + 1)); // an attribute
  if (letter === 'D') return letter + mangled[at + 1] === 'Dv' ? afterSubstitution(mangled, at) : at + 2;
  if (letter === 'N') return mangled.length; // a name of C++, where all functions have prototypes
  return at + 1;
}

/** @param {string} mangled @param {number} at */
function afterName(mangled, at) {
  const [length] = /** @type {RegExpExecArray} */ (/\d+/.exec(mangled.slice(at)));
  return at + length.length + Number(length);
}

/** `S_`, `S0_`; the length of an array, and its type. @param {string} mangled @param {number} at */
function afterSubstitution(mangled, at) {
  const end = mangled.indexOf('_', at) + 1;
  if (end === 0) return mangled.length;
  return mangled[at] === 'S' ? end : afterType(mangled, end);
}
