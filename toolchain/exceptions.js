/** Exceptions of C++: those of WebAssembly, in the form that every engine has. See D93. */

/** The flag that turns them on; by default, compilers rely on JavaScript that lull has not. */
export const EXCEPTIONS = '-fwasm-exceptions';
export const NO_EXCEPTIONS = '-fno-exceptions';

const FLAG = /^-f(no-|wasm-|ignore-)?exceptions$/;
const USE = /__cxa_throw|__gxx_personality_wasm0|__cpp_exception/;

/**
 * The flags of a compiler with one that says whether there are exceptions: as the last of them does, else as
 * `otherwise`.
 *
 * @param {string[]} flags
 * @param {string} [otherwise]
 * @returns {string[]}
 */
export function withExceptions(flags, otherwise) {
  const last = flags.findLast((flag) => FLAG.test(flag));
  const wanted = last === undefined ? otherwise : /-f(no|ignore)-/.test(last) ? NO_EXCEPTIONS : EXCEPTIONS;
  return [...(wanted ? [wanted] : []), ...flags.filter((flag) => !FLAG.test(flag))];
}

/**
 * Whether an object, or an archive, throws or catches.
 *
 * @param {Iterable<Uint8Array>} files
 */
export function usesExceptions(files) {
  const decoder = new TextDecoder('latin1');
  for (const contents of files) if (USE.test(decoder.decode(contents))) return true;
  return false;
}
