/**
 * Write JavaScript's half of the protocol from the table in src/include/lull_protocol.h; with --check, say whether it
 * is up to date. See D76.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const TABLE = 'src/include/lull_protocol.h';
/** @param {string} what */
const note = (what) => `// ${what}, made from ${TABLE} by scripts/generate-protocol.js.`;

/** The table, without its comments, each definition on one line. */
const header = readFileSync(new URL(TABLE, root), 'utf8').replace(/\/\*.*?\*\//gs, '').replace(/\s*\\\n\s*/g, ' ');

/**
 * The rows of a map, each with its columns. What is in quotes is without them.
 *
 * @param {string} name
 */
function rows(name) {
  const [, body] = header.match(new RegExp(`^#define ${name}\\([\\w, ]+\\) (.*)$`, 'm')) ?? [];
  if (!body) throw new Error(`${TABLE} has no ${name}`);
  return [...body.matchAll(/\bXX\(((?:"[^"]*"|[^")])*)\)/g)].map(([, columns]) =>
    [...columns.matchAll(/\s*(?:"([^"]*)"|([^",]+))\s*(?:,|$)/g)].map(([, text, word]) => text ?? word.trim()));
}

/** @param {string} name */
function constant(name) {
  const [, value] = header.match(new RegExp(`^#define ${name} (.*?)\\s*$`, 'm')) ?? [];
  if (!value) throw new Error(`${TABLE} has no ${name}`);
  return value.replace(/^"(.*)"$/, "'$1'");
}

const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "\\'")}'`;

/**
 * A numbered constant for each row.
 *
 * @param {string} prefix
 * @param {string[][]} table the first column of which is the name
 */
const numbered = (prefix, table) =>
  table.map(([name], index) => `export const ${prefix}${name.toUpperCase()} = ${index};`).join('\n');

/* ---- The statuses ---- */

const statuses = rows('LULL_STATUS_MAP');
statuses.forEach(([name, number], index) => {
  if (Number(number) !== -1 - index) throw new Error(`${TABLE}: LULL_${name} must be ${-1 - index}, not ${number}`);
});
const codes = statuses.map(([name]) => quoted(`ERR_LULL_${name.slice(1)}`));

const statusModule = `${note('The statuses')}

${statuses.map(([name, number]) => `export const ${name} = ${number};`).join('\n')}

/**
 * @typedef {${codes.join('\n *   | ')}} ErrorCode
 */

/** @type {ReadonlyArray<readonly [code: ErrorCode, text: string]>} from -1 down */
export const STATUSES = [
${statuses.map(([, , text], index) => `  [${codes[index]}, ${quoted(text)}],`).join('\n')}
];
`;

const statusTypes = `${note('The statuses in TypeScript')}

${statuses.map(([name]) => `export declare const ${name}: number;`).join('\n')}
/** The code of an error: \`ERR_LULL_CANCELED\` for LULL_ECANCELED, and so on. */
export type ErrorCode =
${codes.map((code) => `  | ${code}`).join('\n')};
export declare const STATUSES: ReadonlyArray<readonly [code: ErrorCode, text: string]>;
`;

/* ---- The rest ---- */

const states = rows('LULL__STATE_MAP').map(([, status]) => quoted(status));
const notices = rows('LULL__NOTICE_MAP');
const events = rows('LULL__EVENT_MAP');

/**
 * The types that cross, by their codecs.
 *
 * @typedef {object} Type
 * @property {string[]} names
 * @property {string} size
 * @property {string} typescript
 * @property {boolean} isElement
 */
/** @type {Map<string, Type>} */
const types = new Map();
for (const [, name, codec, names, size, typescript, , , element] of rows('LULL__TYPE_MAP')) {
  const all = [name, ...names.split(', ').filter(Boolean)];
  const type = { names: all, size, typescript, isElement: element === '1' };
  const known = types.get(codec);
  types.set(codec, type);
  if (!known) continue;
  type.names.unshift(...known.names);
  const same = JSON.stringify(known) === JSON.stringify({ ...type, names: known.names });
  if (!same) throw new Error(`${TABLE}: ${name} has the codec ${codec} of a type that differs`);
}

/** A key of an object. */
const key = (/** @type {string} */ name) => (/^\w+$/.test(name) ? name : quoted(name));

const aliases = Array.from(types, ([codec, { names }]) => [codec, names.filter((name) => name !== codec).join(', ')])
  .filter(([, names]) => names).map(([codec, names]) => `  ${key(codec)}: ${quoted(names)},`);

// Bundlers inline the numbers and texts that come before the first array or object.
const protocolModule = `${note('What JavaScript has of the protocol')}

/** The version of the interface between the C runtime and this JavaScript. */
export const ABI_VERSION = ${constant('LULL__ABI_VERSION')};

/** The names of exports and imports. */
export const ABI_PREFIX = ${constant('LULL__ABI_PREFIX')};
export const SWITCH_PREFIX = ${constant('LULL__SWITCH_PREFIX')};
export const TASK_PREFIX = ${constant('LULL__TASK_PREFIX')};
export const GENERATOR_PREFIX = ${constant('LULL__GENERATOR_PREFIX')};
export const MAIN_NAME = ${constant('LULL__MAIN_NAME')};
export const HOST_MODULE = ${constant('LULL__HOST_MODULE')};
export const JSPI_MODULE = ${constant('LULL__JSPI_MODULE')};
export const IN_FLIGHT = ${constant('LULL__IN_FLIGHT')};
export const POSIX_MODULE = ${constant('LULL__POSIX_MODULE')};

/** The smallest stack that one can ask for, in bytes. */
export const STACK_MIN = ${constant('LULL_STACK_MIN')};

/** The low bits of a handle: the index of its slot. */
export const INDEX_BITS = ${constant('LULL__INDEX_BITS')};

/** The events that observers are notified of. */
${numbered('EVENT_', events)}

/** What a value owns. */
${numbered('OWNS_', rows('LULL__OWNED_MAP'))}

/** Among the numbers in the mailbox: a task's description. */
${numbered('TASK_', rows('LULL__TASK_MAP'))}

/** Likewise: the counts of an instance. */
${numbered('STATS_', rows('LULL__STATS_MAP'))}

/** Likewise: the task that failed. */
${numbered('FAILURE_', rows('LULL__FAILURE_MAP'))}

/** Members of C's structs, by their offset in words of 32 bits. */
${rows('LULL__LAYOUT_MAP').map(([name, , , word]) => `export const ${name} = ${word};`).join('\n')}

/** What C notifies of: these, and from FIRST_EVENT on, the events. */
${numbered('NOTICE_', notices)}
export const FIRST_EVENT = ${notices.length};

/** The status of a task, by its state. */
export const STATES = /** @type {const} */ ([${states.join(', ')}]);

/** The methods of an observer, by event. */
export const EVENTS = /** @type {const} */ ([${events.map(([, method]) => quoted(method)).join(', ')}]);

/**
 * The types that cross, by the names of their codecs.
 *
 * @typedef {${[...types.keys()].map(quoted).join('\n *   | ')}} CodecName
 */

/** Other names of these types. @type {Partial<Record<CodecName, string>>} */
export const ALIASES = {
${aliases.join('\n')}
};
`;

/* ---- The elements of channels ---- */

const elementSizes = [...types].filter(([, { isElement }]) => isElement).map(([codec, { size }]) =>
  `  ${key(codec)}: ${size},`);

const elementModule = `${note('The sizes of channel elements')}

/** The bytes of an element, by its codec. */
export const ELEMENT_SIZES = {
${elementSizes.join('\n')}
};
`;

/* ---- The texts of waits ---- */

const waits = rows('LULL__WAIT_MAP').map(([name, thing, held]) =>
  `  ${quoted(constant(name).slice(1, -1))}: [${quoted(thing)}, ${quoted(held)}],`);

const waitsModule = `${note('The texts of waits')}

/**
 * By the name of a wait: the text for it, and the text where tasks hold it, with % for these tasks; '' for the text of
 * any other wait.
 *
 * @type {Readonly<Record<string, readonly [thing: string, held: string]>>}
 */
export const WAITS = {
${waits.join('\n')}
};
`;

/* ---- The calls of a canvas ---- */

const calls = rows('LULL__CANVAS_MAP').map(([, member, numbers, text, kind]) =>
  `  [${quoted(member)}, ${numbers}, ${text === 'TEXT'}, ${kind === 'PROPERTY'}],`);

const canvasModule = `${note('The calls of a canvas')}

/**
 * By number: the member of CanvasRenderingContext2D, how many numbers it takes, and whether it takes a text before them
 * and is a property.
 *
 * @type {ReadonlyArray<readonly [member: string, numbers: number, hasText: boolean, isProperty: boolean]>}
 */
export const CALLS = [
${calls.join('\n')}
];
`;

/* ---- Sockets ---- */

const bits = (/** @type {string} */ map) =>
  rows(map).map(([name, number]) => `export const ${name} = ${number};`).join('\n');
const families = ['NONE', 'UNIX', 'NAME', 'IPV4', 'IPV6'].map((name) =>
  `export const FAMILY_${name} = ${constant(`LULL__FAMILY_${name}`)};`);

const posixModule = `${note('The protocol of sockets')}

/** The bytes of an address's text, with its NUL. */
export const ADDRESS_TEXT = ${constant('LULL__ADDRESS_TEXT')};

/** The numbers of operations on files, which stand in place of errors, begin here. */
export const FILE_PENDING = ${constant('LULL__FILE_PENDING')};

/** The families of addresses. */
${families.join('\n')}

/** The options of sockets. */
${numbered('SOCKET_', rows('LULL__SOCKET_OPTION_MAP'))}

/** The states of a description. */
${bits('LULL__STATE_BIT_MAP')}

/** How to receive or send. */
${bits('LULL__HOW_MAP')}

/** Error numbers. @type {Readonly<Record<string, number>>} */
export const ERRORS = {
${rows('LULL__POSIX_ERROR_MAP').map(([name, number]) => `  ${name}: ${number},`).join('\n')}
};

/** Those of child processes. @type {Readonly<Record<string, number>>} */
export const PROCESS_ERRORS = {
${rows('LULL__PROCESS_ERROR_MAP').map(([name, number]) => `  ${name}: ${number},`).join('\n')}
};

/** Kinds of descriptors of a child process. */
${numbered('STDIO_', rows('LULL__STDIO_MAP'))}
`;

const terminalModule = `${note('The protocol of a terminal')}

/** The mode of a terminal. */
${bits('LULL__TERMINAL_MAP')}

/** Signals, by their place in C's table. */
export const SIGNALS = [
${rows('LULL__SIGNAL_MAP').map(([name]) => `  ${quoted(name)},`).join('\n')}
];

/** The others that a child process gets: their places follow. */
export const CHILD_SIGNALS = [
${rows('LULL__CHILD_SIGNAL_MAP').map(([name]) => `  ${quoted(name)},`).join('\n')}
];
`;

/* ---- The types in TypeScript ---- */

const elements = [...types.values()].filter(({ isElement }) => isElement).flatMap(({ names, typescript }) =>
  names.map((name) => `  ${key(name)}: ${typescript};`));

const elementTypes = `${note('The types of channel elements in TypeScript')}

/** The types of C that the elements of a channel may have, and what they are in JavaScript. */
export interface ElementTypes {
${elements.join('\n')}
}
`;

const typescriptModule = `${note('The types that cross in TypeScript')}

/** The types that cross in TypeScript, by their codecs. */
export const TYPESCRIPT = {
${Array.from(types, ([codec, { typescript }]) => `  ${key(codec)}: ${quoted(typescript)},`).join('\n')}
};
`;

/* ---- */

const files = Object.entries({
  'js/marshal/status.js': statusModule,
  'js/marshal/status.d.ts': statusTypes,
  'js/marshal/protocol.js': protocolModule,
  'js/marshal/element-types.d.ts': elementTypes,
  'js/features/element-sizes.js': elementModule,
  'js/diagnostics/waits.js': waitsModule,
  'js/posix/protocol.js': posixModule,
  'js/posix/terminal-protocol.js': terminalModule,
  'web/hostlib/canvas-calls.js': canvasModule,
  'toolchain/typescript.js': typescriptModule,
});

if (process.argv.includes('--check')) {
  const stale = files.filter(([path, text]) => readFileSync(new URL(path, root), 'utf8') !== text);
  for (const [path] of stale) console.error(`${path} is not what ${TABLE} says: run npm run generate`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [path, text] of files) writeFileSync(new URL(path, root), text);
}
