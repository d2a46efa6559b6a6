/**
 * Signatures: the C declarations by which a module names its exports and imports (src/lull_boundary.h), and the types
 * that can cross.
 */

/**
 * How a value crosses.
 * @typedef {'void' | 'bool' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64'
 *   | 'string' | 'static string' | 'bytes' | 'ref'} Kind
 */

/**
 * @typedef {object} Type
 * @property {string} text as C writes it
 * @property {Kind} kind
 */

/**
 * @typedef {object} Declaration
 * @property {string} name
 * @property {Type} result
 * @property {{ name: string, type: Type }[]} parameters
 * @property {boolean} scalar whether wasm takes all arguments as JavaScript has them
 * @property {boolean} plain whether JavaScript takes all arguments as wasm has them
 * @property {string} symbol the export's or the import's name
 */

/** @type {Record<Kind, string>} the types of each kind, as C writes them without a redundant `int` */
const TYPES = {
  void: 'void',
  bool: 'bool, _Bool',
  i8: 'char, signed char, int8_t',
  u8: 'unsigned char, uint8_t',
  i16: 'short, signed short, int16_t',
  u16: 'unsigned short, uint16_t',
  i32: 'int, signed, long, signed long, int32_t, ssize_t, ptrdiff_t, intptr_t',
  u32: 'unsigned, unsigned long, uint32_t, size_t, uintptr_t',
  i64: 'long long, signed long long, int64_t, intmax_t',
  u64: 'unsigned long long, uint64_t, uintmax_t',
  f32: 'float',
  f64: 'double',
  string: 'char *',
  'static string': 'const char *',
  bytes: 'lull_bytes',
  ref: 'lull_ref',
};

const kinds = new Map(
  Object.entries(TYPES).flatMap(([kind, names]) => names.split(', ').map((name) => [name, /** @type {Kind} */ (kind)])),
);

/** @type {Record<Kind, string>} */
const TYPESCRIPT = {
  void: 'void', bool: 'boolean', i8: 'number', u8: 'number', i16: 'number', u16: 'number', i32: 'number', u32: 'number',
  i64: 'bigint', u64: 'bigint', f32: 'number', f64: 'number', string: 'string', 'static string': 'string',
  bytes: 'Uint8Array', ref: 'unknown',
};

/** @type {ReadonlySet<Kind>} */
const SCALARS = new Set(['bool', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64']);
/** @type {ReadonlySet<Kind>} */
const PLAIN = new Set(['i8', 'u8', 'i16', 'u16', 'i32', 'i64', 'f32', 'f64']);

const TASK = 'lull task ';
const HOST = 'lull host';
const ABI = 'lull abi ';

/** The version of the interface between the C runtime and this JavaScript. */
export const ABI_VERSION = 1;

/**
 * The type in TypeScript.
 *
 * @param {Type} type
 */
export function typescriptOf(type) {
  return TYPESCRIPT[type.kind];
}

/**
 * @param {string} text a C declaration, as `int count_words(const char * url, double timeout)`
 * @param {string} [symbol]
 * @returns {Declaration}
 */
export function parseDeclaration(text, symbol = text) {
  const match = /^(.*?)\s*(\w+)\((.*)\)$/.exec(text);
  if (!match) throw new TypeError(`'${text}' is no declaration that LULL_TASK or LULL_HOST makes`);
  const [, result, name, list] = match;
  const parameters = list === '' ? [] : list.split(', ').map((parameter) => {
    const [, type, parameterName] = /** @type {RegExpExecArray} */ (/^(.*?)\s*(\w+)$/.exec(parameter));
    return { name: parameterName, type: parseType(type, text) };
  });
  const all = (/** @type {ReadonlySet<Kind>} */ set) => parameters.every(({ type }) => set.has(type.kind));
  return { name, result: parseType(result, text), parameters, scalar: all(SCALARS), plain: all(PLAIN), symbol };
}

/**
 * @param {string} text
 * @param {string} declaration
 * @returns {Type}
 */
function parseType(text, declaration) {
  const words = text.replace(/\s*\*\s*/g, ' *').replace(/\s+/g, ' ').trim();
  const name = words
    .replace(/^(long|short|unsigned|signed)( .*)? int$/, '$1$2')
    .replace(/^long unsigned$/, 'unsigned long')
    .replace(/^long long unsigned$/, 'unsigned long long');
  const kind = kinds.get(name === 'unsigned int' ? 'unsigned' : name);
  if (!kind) {
    throw new TypeError(`'${declaration}' has the type '${words}', which lull cannot carry between C and JavaScript: write one of ${[...kinds.keys()].join(', ')}`);
  }
  return { text: words === '_Bool' ? 'bool' : words, kind }; // stdbool.h's macro
}

/**
 * The tasks that a module offers, the host functions that it needs, and the version that it was built for.
 *
 * @param {WebAssembly.Module} module
 * @returns {{ abi: number | undefined, tasks: Declaration[], host: Declaration[] }}
 */
export function readSignatures(module) {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  const abi = names.find((name) => name.startsWith(ABI));
  return {
    abi: abi === undefined ? undefined : Number(abi.slice(ABI.length)),
    tasks: names.filter((name) => name.startsWith(TASK)).map((name) => parseDeclaration(name.slice(TASK.length), name)),
    host: WebAssembly.Module.imports(module).filter((entry) => entry.module === HOST).map(({ name }) => parseDeclaration(name)),
  };
}
