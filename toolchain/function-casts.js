/**
 * Casts between types of functions, and conversions without one: a function of the one type may then be called through
 * the other. The compiler's warnings tell of them, and word types as C does. That of casts which only the types of
 * pointers tell apart is in Clang since version 16. See D123.
 */
import { pointerOf } from './c-type.js';

/** @typedef {{ from: string, to: string, at: string }} Cast types in the words of C; `at` a file, line and column */

/** Flags for these warnings alone, after those of the user. */
export const CAST_WARNINGS = [
  '-Wno-everything', '-Wno-error', '-Wcast-function-type', '-Wcast-function-type-strict',
  '-Wincompatible-function-pointer-types', '-Wno-error=incompatible-function-pointer-types',
  '-Wincompatible-function-pointer-types-strict', // also of an enum and its integer, since Clang 16
  '-Wpedantic', // of conversions to void pointers and from these
  '-fno-color-diagnostics',
];

const CAST = 'cast from F to T converts to incompatible';
const CONVERSIONS = [
  'passing F to parameter of type T', 'initializing T with an expression of type F', 'assigning to T from F',
  'returning F from a function with result type T',
].flatMap((words) => [
  `incompatible function pointer types ${words}`, `${words} converts between void pointer and function pointer`,
]);

/** The groups of a type: its words, and those behind its typedefs. @param {string} name */
const type = (name) => `'(?<${name}>[^']*)'(?: \\(aka '(?<${name}Alias>[^']*)'\\))?`;
const WARNINGS = [CAST, ...CONVERSIONS].map((words) => new RegExp(
  `^(?<at>.*:\\d+:\\d+): warning: ${words.replace(/\b[FT]\b/g, (name) => type(name))}`, 'gm'));

/**
 * @param {string} printed by the compiler
 * @returns {Cast[]}
 */
export const castsIn = (printed) => WARNINGS.flatMap((warning) => [...printed.matchAll(warning)]).map(({ groups }) => {
  const { F, FAlias, T, TAlias, at } = /** @type {Record<string, string>} */ (groups);
  return { from: pointerTo(FAlias ?? F), to: pointerTo(TAlias ?? T), at };
});

/**
 * A function in place of a pointer to it becomes one, and the pointer loses its qualifiers. Void pointers are alike.
 *
 * @param {string} words
 */
const pointerTo = (words) => words.replace(/^[\w\s]*\bvoid\b[\w\s]*\*[\w\s]*$/, 'void *')
  .replace(/^([^(]*)\((?!\*)/, '$1(*)(')
  .replace(/^([^(]*\(\*)(const|volatile|restrict|__restrict| )+\)/, '$1)');

/** The same words for a type, from the compiler and of its mangled name. @param {string} words */
const plain = (words) => words.replace(/\b(struct|union|enum|class) /g, '').replace(/\b_Bool\b/g, 'bool')
  .replace(/\bunsigned int\b/g, 'unsigned').replace(/\s+/g, '').replace(/\(void\)$/, '()');

/**
 * The types through which functions of a type are called, too, because of casts: also by way of other types, such as
 * void (*)(void), which may have no functions and no calls.
 *
 * @param {Iterable<string>} types mangled
 * @param {Cast[]} casts
 * @returns {Map<string, string[]>} by the functions' own type
 */
export function castTypes(types, casts) {
  /** By the words of a type, those to which it is cast. @type {Map<string, Set<string>>} */
  const steps = new Map();
  for (const { from, to } of casts) steps.set(plain(from), (steps.get(plain(from)) ?? new Set()).add(plain(to)));
  /** @type {Map<string, string>} */
  const known = new Map();
  for (const type of types) known.set(plain(pointerOf(type)), type);
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const [own, type] of known) {
    const reached = new Set(steps.get(own));
    for (const words of reached) for (const next of steps.get(words) ?? []) reached.add(next);
    if (reached.size > 0) found.set(type, [...reached].flatMap((words) => known.get(words) ?? []));
  }
  return found;
}
