/**
 * Signatures: the C declarations by which a module names its exports and imports (src/include/lull_boundary.h), and the
 * types that can cross. See D19.
 */
import { meant, noSuch } from './check.js';
import { codecs } from './codecs.js';
import { ABI_PREFIX, GENERATOR_PREFIX, HOST_MODULE, TASK_PREFIX } from './protocol.js';

/** @import { Codec } from './codecs.js' */

/**
 * @typedef {object} Type
 * @property {string} text as C writes it
 * @property {Codec} codec missing if lull cannot carry it: see findUnreadable
 */

/**
 * @typedef {object} Declaration
 * @property {string} name
 * @property {Type} result
 * @property {{ name: string, type: Type }[]} parameters
 * @property {boolean} scalar whether all arguments pass to wasm unchanged
 * @property {boolean} plain whether all arguments pass from wasm unchanged
 * @property {string} symbol the export's or the import's name
 */

/**
 * A module's declarations.
 *
 * @typedef {object} Signatures
 * @property {number | undefined} abi the version of lull's interface that it was built for
 * @property {Declaration[]} tasks
 * @property {Declaration[]} generators
 * @property {Declaration[]} host the host functions that it imports
 * @property {string} names of all its exports
 * @property {WebAssembly.ModuleImportDescriptor[]} imports all of them
 */

/**
 * @param {string} text a C declaration, as `int count_words(const char * url, double timeout)`
 * @param {string} [symbol]
 * @returns {Declaration}
 */
function parseDeclaration(text, symbol = text) {
  const [, result = '', name = text, list = ''] = /^(.*?[ *])(\w+)\((.*)\)$/.exec(text) ?? [];
  const parameters = list === '' ? [] : list.split(', ').map((parameter) => {
    const [, type, parameterName] = /** @type {RegExpExecArray} */ (/^(.*?)\s*(\w+)$/.exec(parameter));
    return { name: parameterName, type: parseType(type) };
  });
  const all = (/** @type {'scalar' | 'plain'} */ property) => parameters.every(({ type }) => type.codec?.[property]);
  return { name, result: parseType(result), parameters, scalar: all('scalar'), plain: all('plain'), symbol };
}

/**
 * @param {string} text
 * @returns {Type}
 */
export function parseType(text) {
  const words = text.replace(/\s*\*\s*/g, ' *').replace(/\s+/g, ' ').trim();
  const name = words
    .replace(/\b(long|short|unsigned|signed)( .*)? int\b/, '$1$2')
    .replace(/(long|long long) unsigned/, 'unsigned $1');
  const codec = /** @type {Codec} */ (codecs.get(name));
  return { text: words.replace('_Bool', 'bool'), codec }; // stdbool.h's macro
}

/** @param {Declaration} declaration */
export const typesOf = ({ result, parameters }) => [result, ...parameters.map(({ type }) => type)];

/**
 * The first declaration with a type that has no codec, if any.
 *
 * @param {Pick<Signatures, 'tasks' | 'generators' | 'host'>} signatures
 */
export const findUnreadable = ({ tasks, generators, host }) =>
  [...tasks, ...generators, ...host].find((declaration) => typesOf(declaration).some(({ codec }) => !codec));

/**
 * The exports and imports of a module.
 *
 * @typedef {{ exports: { name: string }[], imports: WebAssembly.ModuleImportDescriptor[] }} Interface
 */

/**
 * @param {Interface['exports']} exports of a module
 * @param {Interface['imports']} imports
 * @returns {Signatures}
 */
export function readSignatures(exports, imports) {
  const names = exports.map(({ name }) => name);
  const abi = names.find((name) => name.startsWith(ABI_PREFIX));
  const exported = (/** @type {string} */ prefix) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => parseDeclaration(name.slice(prefix.length), name));
  return {
    abi: abi === undefined ? abi : Number(abi.slice(ABI_PREFIX.length)),
    tasks: exported(TASK_PREFIX),
    generators: exported(GENERATOR_PREFIX),
    host: imports.filter((entry) => entry.module === HOST_MODULE).map(({ name }) => parseDeclaration(name)),
    names: String(names),
    imports,
  };
}

/**
 * @param {string} what
 * @param {Declaration[]} declarations
 * @param {string} name
 */
export function find(what, declarations, name) {
  const found = declarations.find((declaration) => declaration.name === name);
  if (!found) throw noSuch('this module', what, name, namesOf(declarations));
  return found;
}

/** @param {Declaration[]} declarations */
const namesOf = (declarations) => declarations.map(({ name }) => name);

/**
 * The prototype of the tasks as functions, which costs those that exist nothing. It throws for a name that one of
 * theirs is near, and is empty otherwise: promises, consoles and test runners ask objects for many names. See D81.
 *
 * @param {Declaration[]} tasks
 */
export const misspelt = (tasks) => new Proxy(Object.create(null), {
  get(_, name) {
    const names = namesOf(tasks);
    const isLikely = typeof name === 'string' && name !== 'then' && !(name in {}) && meant(name, names);
    if (isLikely) throw noSuch('this module', 'task', name, names);
  },
});
