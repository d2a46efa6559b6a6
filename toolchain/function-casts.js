/**
 * Casts between types of functions: a function of the one type may then be called through the other. The compiler's
 * warnings tell of them; Clang has the stricter one since version 16, and words types as C does. See D123.
 */
import { pointerOf } from './c-type.js';

/** @typedef {{ from: string, to: string, at: string }} Cast types in the words of C; `at` a file, line and column */

/** Flags for these warnings alone, after those of the user. */
export const CAST_WARNINGS = [
  '-Wno-everything', '-Wno-error', '-Wcast-function-type', '-Wcast-function-type-strict', '-fno-color-diagnostics',
];

const TYPE = "'([^']*)'(?: \\(aka '([^']*)'\\))?";
const WARNING = new RegExp(`^(.*:\\d+:\\d+): warning: cast from ${TYPE} to ${TYPE} converts to incompatible`, 'gm');

/**
 * @param {string} printed by the compiler
 * @returns {Cast[]}
 */
export const castsIn = (printed) => [...printed.matchAll(WARNING)].map(([, at, from, fromAlias, to, toAlias]) =>
  ({ from: fromAlias ?? from, to: toAlias ?? to, at }));

/** The same words for a type, from the compiler and of its mangled name. @param {string} words */
const plain = (words) => words.replace(/\b(struct|union|enum|class) /g, '').replace(/\b_Bool\b/g, 'bool')
  .replace(/\bunsigned int\b/g, 'unsigned').replace(/\s+/g, '').replace(/\(void\)$/, '()');

/**
 * The types through which functions of a type are called, too, because of casts.
 *
 * @param {Iterable<string>} types mangled
 * @param {Cast[]} casts
 * @returns {Map<string, string[]>} by the functions' own type
 */
export function castTypes(types, casts) {
  /** @type {Map<string, string>} */
  const known = new Map();
  for (const type of types) known.set(plain(pointerOf(type)), type);
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const { from, to } of casts) {
    const [own, other] = [known.get(plain(from)), known.get(plain(to))];
    if (own === undefined || other === undefined) continue; // no function, or no call, has such a type
    found.set(own, [...(found.get(own) ?? []), other]);
  }
  return found;
}
