/** The JavaScript and the TypeScript declarations of a module, which a build writes beside it. */
import { addCodecs } from '../js/features/types.js';
import { CODECS } from '../js/marshal/codecs.js';
import { MEMORY_CODECS } from '../js/marshal/memory-codecs.js';
import { unreadableError } from '../js/diagnostics/load-error.js';
import { findUnreadable, readSignatures } from '../js/marshal/signature.js';
import { SWITCHES } from './switches.js';
import { TYPESCRIPT } from './typescript.js';

/**
 * @import { Interface, Signatures } from '../js/marshal/signature.js'
 * @import { Switch } from './switches.js'
 */

/**
 * The module to import in place of the .wasm. Each `new URL` is literal, so that bundlers see it.
 *
 * @param {string} name the name of the .wasm file
 * @param {{ kind: Switch, name: string }[]} [preferred] other modules, for the engines with the features that they need
 */
export function javascriptFor(name, preferred = []) {
  const urlOf = (/** @type {string} */ file) =>
    `new URL(${JSON.stringify(`./${encodeURIComponent(file)}`)}, import.meta.url)`;
  const url = preferred.reduceRight((otherwise, other) =>
    `\n  ${SWITCHES[other.kind].supported}\n    ? ${urlOf(other.name)}\n    : ${otherwise.trimStart()}`, urlOf(name));
  return `// Written by lull build.
/* eslint-disable */
// @ts-nocheck
import { load as loadModule } from 'lull';

/** Load ${name}. */
export const load = (options) => loadModule(${url}, options);
`;
}

/**
 * The declarations, from the names of the module's exports and imports.
 *
 * @param {Interface} interface
 * @param {ReadonlyMap<string, string>} [comments] of C, by the names that they are about
 */
export function typescriptFor({ exports, imports }, comments = new Map()) {
  const signatures = readSignatures(exports, imports);
  addCodecs(signatures);
  const unread = findUnreadable(signatures);
  if (unread) throw unreadableError(unread);
  const { tasks, generators, host } = signatures;
  const program = `export interface Program {
  tasks: ${methods(tasks, TO_C, comments)};
  streams: ${methods(generators, TO_C, comments)};
  host: ${methods(host, FROM_C, comments)};
}`;
  return `// Written by lull from the .wasm file.
/* eslint-disable */
import type { App, ${program.includes('Channel<') ? 'Channel, ' : ''}LoadOptions } from 'lull';

${program}

export declare function load(options${host.length > 0 ? '' : '?'}: LoadOptions<Program>): Promise<App<Program>>;
`;
}

/** Which way the arguments go; the result goes the other way. */
const TO_C = false;
const FROM_C = true;

/**
 * @param {Signatures['tasks']} declarations
 * @param {boolean} direction of the arguments
 * @param {ReadonlyMap<string, string>} comments
 */
function methods(declarations, direction, comments) {
  if (declarations.length === 0) return '{}';
  const lines = declarations.map(({ name, parameters, result }) => {
    const list = parameters.map((parameter) =>
      `${parameterName(parameter.name)}: ${typescriptOf(parameter.type, direction)}`);
    return `${jsdoc(comments.get(name))}    ${name}(${list.join(', ')}): ${typescriptOf(result, !direction)};\n`;
  });
  return `{\n${lines.join('')}  }`;
}

/** @param {string} [text] */
function jsdoc(text) {
  if (!text) return '';
  const safe = text.replaceAll('*/', '*\\/');
  const lines = safe.split('\n').map((line) => `     * ${line}`.trimEnd());
  return lines.length === 1 ? `    /** ${safe} */\n` : `    /**\n${lines.join('\n')}\n     */\n`;
}

/** The types in TypeScript, by their codecs. */
const all = { ...CODECS, ...MEMORY_CODECS };
const typescript = new Map(Object.entries(TYPESCRIPT).map(([name, type]) => [
  all[/** @type {keyof typeof all} */ (name)],
  type,
]));

/** Text, in place of which C may have NULL. */
const nullable = new Set([MEMORY_CODECS['char *'], MEMORY_CODECS['const char *']]);

/**
 * @param {import('../js/marshal/signature.js').Type} type
 * @param {boolean} direction of the value
 * @returns {string}
 */
function typescriptOf({ codec }, direction) {
  const { element } = codec;
  if (!element) return `${typescript.get(codec)}${direction === FROM_C && nullable.has(codec) ? ' | null' : ''}`;
  const [sent, received] = [TO_C, FROM_C].map((way) => typescriptOf(element, way));
  return sent === received ? `Channel<${sent}>` : `Channel<${sent}, ${received}>`;
}

/** Names of C parameters that TypeScript reserves. */
const reserved = new Set(`
  arguments await catch class debugger delete eval export extends false finally function implements import in
  instanceof interface let new null package private protected public super this throw true try typeof var with yield
`.trim().split(/\s+/));

/** @param {string} name */
const parameterName = (name) => (reserved.has(name) ? `${name}_` : name);
