/**
 * Long doubles as text. wasi-libc prints and scans them by functions in a library of their own, which are larger, and
 * slower for every number, so they are linked only where a file asks for them. See D83.
 */

/** The library. */
export const LONG_DOUBLE = '-lc-printscan-long-double';

const USE = /%[-+ #0'*.\d]*L[aAeEfFgG]|\b(str|wcs)told\b/;

/**
 * Whether a source, or an object file, contains a format of a long double, such as `%Lf`, or a call that reads one.
 *
 * @param {Iterable<Uint8Array>} files
 */
export function usesLongDoubles(files) {
  const decoder = new TextDecoder('latin1');
  for (const contents of files) if (USE.test(decoder.decode(contents))) return true;
  return false;
}
