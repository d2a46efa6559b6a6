/** The JavaScript and the TypeScript declarations of a module, which a build writes beside it. */
import { addCodecs } from '../js/features/types.js';
import { CODECS } from '../js/marshal/codecs.js';
import { MEMORY_CODECS } from '../js/marshal/memory-codecs.js';
import { unreadableError } from '../js/diagnostics/load-error.js';
import { findUnreadable, readSignatures } from '../js/marshal/signature.js';
import { TYPESCRIPT } from './typescript.js';

/**
 * The module to import in place of the .wasm. Its `new URL` is literal, so that bundlers see it.
 *
 * @param {string} name the name of the .wasm file
 */
export function javascriptFor(name) {
  const url = `new URL(${JSON.stringify(`./${encodeURIComponent(name)}`)}, import.meta.url)`;
  return `// Written by lull build.
import { load as loadModule } from 'lull';

/** Load ${name}. */
export const load = (options) => loadModule(${url}, options);
`;
}

/**
 * The declarations, from the names of the module's exports and imports.
 *
 * @param {WebAssembly.Module} module
 */
export function typescriptFor(module) {
  const signatures = readSignatures(module);
  addCodecs(signatures);
  const unread = findUnreadable(signatures);
  if (unread) throw unreadableError(unread);
  const { tasks, generators, host } = signatures;
  const program = `export interface Program {
  tasks: ${methods(tasks)};
  streams: ${methods(generators)};
  host: ${methods(host)};
}`;
  return `// Written by lull from the .wasm file.
import type { App, ${program.includes('Channel<') ? 'Channel, ' : ''}LoadOptions } from 'lull';

${program}

export declare function load(options${host.length > 0 ? '' : '?'}: LoadOptions<Program>): Promise<App<Program>>;
`;
}

/** @param {ReturnType<typeof readSignatures>['tasks']} declarations */
function methods(declarations) {
  if (declarations.length === 0) return '{}';
  const lines = declarations.map(({ name, parameters, result }) => {
    const list = parameters.map((parameter) => `${parameterName(parameter.name)}: ${typescriptOf(parameter.type)}`);
    return `    ${name}(${list.join(', ')}): ${typescriptOf(result)};\n`;
  });
  return `{\n${lines.join('')}  }`;
}

/** The types in TypeScript, by their codecs. */
const all = { ...CODECS, ...MEMORY_CODECS };
const typescript = new Map(Object.entries(TYPESCRIPT).map(([name, type]) => [
  all[/** @type {keyof typeof all} */ (name)],
  type,
]));

/**
 * @param {import('../js/marshal/signature.js').Type} type
 * @returns {string | undefined}
 */
function typescriptOf({ codec }) {
  const { element } = codec;
  return element ? `Channel<${typescriptOf(element)}>` : typescript.get(codec);
}

/** Names of C parameters that TypeScript reserves. */
const reserved = new Set(`
  arguments await catch class debugger delete eval export extends false finally function implements import in
  instanceof interface let new null package private protected public super this throw true try typeof var with yield
`.trim().split(/\s+/));

/** @param {string} name */
const parameterName = (name) => (reserved.has(name) ? `${name}_` : name);
