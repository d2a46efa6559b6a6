/** Load errors: the reason why a module cannot be loaded. */
import { meant, wrong } from '../marshal/check.js';
import { LullError, messageOf } from '../marshal/errors.js';
import { codecs } from '../marshal/codecs.js';
import { memoryCodecs } from '../marshal/memory-codecs.js';
import { memberOf } from '../marshal/own.js';
import { ABI_VERSION, GENERATOR_PREFIX, HOST_MODULE, JSPI_MODULE, TASK_PREFIX } from '../marshal/protocol.js';
import { findUnreadable, typesOf } from '../marshal/signature.js';
import { EABI } from '../marshal/status.js';
import { contentAgain, lackFor, switchOf } from './switches.js';

/** @import { Declaration, Signatures } from '../marshal/signature.js' */

/**
 * @param {string | undefined} from where the module is from
 * @param {Signatures} signatures
 * @param {WebAssembly.ModuleImportDescriptor[]} missing imports
 * @param {Record<string, unknown>} host the functions that `load` was given
 * @returns {never}
 */
export function refuseModule(from, signatures, missing, host) {
  throw moduleError(from, signatures, missing, host);
}

/**
 * @param {string | undefined} from
 * @param {Signatures} signatures
 * @param {WebAssembly.ModuleImportDescriptor[]} missing
 * @param {Record<string, unknown>} host
 * @returns {Error}
 */
function moduleError(from, { abi, tasks, generators, host: declarations }, missing, host) {
  const what = from ? shorten(from) : 'this module';
  if (abi === undefined) return new LullError(EABI, `${what} was not built by lull: build it with 'lull build'`);
  if (abi !== ABI_VERSION) {
    const versions = `version ${abi} of lull's interface, and this is version ${ABI_VERSION}`;
    return new LullError(EABI, `${what} was built for ${versions}: build it again with 'lull build'`);
  }
  const unread = findUnreadable({ tasks, generators, host: declarations });
  if (unread) return unreadableError(unread);
  const functions = declarations.filter(({ symbol }) =>
    missing.some(({ module, name }) => module === HOST_MODULE && name === symbol));
  for (const { name } of functions) {
    const given = memberOf(host, name);
    if (given !== undefined) return wrong(`host function ${name}`, 'a function', given);
  }
  if (functions.length) {
    const list = functions.map(({ name, result, parameters }) => {
      const given = parameters.map((parameter) => `${parameter.type.text} ${parameter.name}`);
      const near = meant(name, Object.keys(host).filter((other) => other !== name));
      return `${name}(${given.join(', ')}) → ${result.text}${near === undefined ? '' : ` (it was given '${near}')`}`;
    });
    return new TypeError(
      `${what} needs host functions that were not given: pass load(…, { host: { … } }) with ${list.join('; ')}`,
    );
  }
  const [{ module, name }] = missing;
  if (module === JSPI_MODULE) {
    return new LullError(EABI, `${what} was built with --switch jspi, and ${lackFor('jspi')}`);
  }
  const foreign = `'${name}' from '${module}'`;
  return new LullError(EABI, `${what} imports ${foreign}, which lull does not provide: declare it with LULL_HOST`);
}

/** The first bytes of files that are given in place of a module. @type {[RegExp, string][]} */
const KINDS = [
  [/^$/, 'is empty'],
  [/^\s*<(!doctype|html|\?xml|head|body|script)/i, 'is HTML or XML, as servers answer for files that they do not have'],
  [/^PK/, 'is a zip archive'],
  [/^\x1f\x8b/, 'is compressed by gzip, without the header Content-Encoding'],
  [/^\0asm\x01\0\0\0/, 'is a broken WebAssembly module'],
  [/^\0asm/, 'is WebAssembly of another version, or a component'],
  [/^\x7fELF/, 'is a program of a machine'],
  [/^version https:\/\/git-lfs/, 'is a pointer of Git LFS'],
];

/** How many bytes of a foreign file are looked at, and how many are shown. */
const LOOKED_AT = 64;
const SHOWN = 24;

/** The most of an address that a message shows: a data: URL may have megabytes. */
const LONGEST = 200;

/** @param {string} address */
const shorten = (address) => (address.length > LONGEST ? `${address.slice(0, LONGEST)}…` : address);

/**
 * Refuse a source that gives no module.
 *
 * @param {any} source or, of contents that do not compile, the address
 * @param {any} found a response that is no success, or the compiler's error
 * @param {any} [content] that does not compile; undefined if it is gone
 * @returns {Promise<never>}
 */
export async function refuse(source, found, content) {
  throw await sourceError(source, found, content);
}

/**
 * @param {any} source
 * @param {any} found
 * @param {any} [content]
 */
async function sourceError(source, found, content) {
  if (found?.status) {
    const what = found.url || source?.href || 'the response';
    return new Error(`load: ${what} answered ${found.status} ${found.statusText}`);
  }
  if (found === source) {
    return wrong('load: the source', 'a WebAssembly.Module, its bytes, a Response or a URL', source);
  }
  if (found?.name !== 'CompileError') return found;
  const what = source ? shorten(source) : 'the source';
  content ??= await contentAgain(source);
  if (!content) {
    return new TypeError(`load: ${what} is not a WebAssembly module: ${messageOf(found)}`, { cause: found });
  }
  const bytes = new Uint8Array(content.buffer ?? content, content.byteOffset ?? 0, content.byteLength);
  const kind = switchOf(bytes);
  const lack = lackFor(kind);
  if (lack) return new LullError(EABI, `load: ${what} was built with --switch ${kind}, and ${lack}`, { cause: found });
  const start = String.fromCharCode(...bytes.subarray(0, LOOKED_AT));
  const isText = !/[^\t\n\r\x20-\x7e\x80-\xff]/.test(start);
  const begins = isText
    ? JSON.stringify(start.slice(0, SHOWN))
    : Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const known = KINDS.find(([pattern]) => pattern.test(start))?.[1];
  const why = known ?? `begins with ${begins}`;
  return new TypeError(`load: ${what} is not a WebAssembly module: it ${why} (${messageOf(found)})`, { cause: found });
}

/**
 * In a page without the WASI shim in its import map.
 *
 * @param {unknown} cause
 * @returns {never}
 */
export function refuseWasi(cause) {
  throw new Error(
    "this module uses WASI (its C prints, reads files or has a main): bundle '@bjorn3/browser_wasi_shim', which lull "
      + "imports for that, or add it to the page's import map",
    { cause },
  );
}

/** In an environment that cannot turn text into bytes. @returns {never} */
export function refuseText() {
  throw new TypeError(
    'there is no TextEncoder or no TextDecoder here, which lull needs for text: where a test environment leaves them '
      + "out, as jest's jsdom does, set both in a setup file, to those of Node's util",
  );
}

/**
 * For a declaration that lull cannot read.
 *
 * @param {Declaration} declaration
 */
export function unreadableError(declaration) {
  const text = declaration.symbol.replace(TASK_PREFIX, '').replace(GENERATOR_PREFIX, '');
  const type = typesOf(declaration).find(({ codec }) => !codec)?.text;
  if (!type) return new TypeError(`'${text}' was not declared by LULL_TASK, LULL_HOST or LULL_GENERATOR`);
  const types = [...codecs.keys(), ...memoryCodecs.keys()].join(', ');
  return new TypeError(`'${text}' has the type '${type}', which lull cannot carry between C and JavaScript: `
    + `write one of ${types}, or LULL_CHAN(type)`);
}
