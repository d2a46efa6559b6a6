/**
 * Write JavaScript's half of the protocol from the table in src/include/lull_protocol.h; with --check, say whether it
 * is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const TABLE = 'src/include/lull_protocol.h';
const NOTE = `// Made from ${TABLE} by scripts/generate-protocol.js.`;

/** The table, without its comments, each definition on one line. */
const header = readFileSync(new URL(TABLE, root), 'utf8').replace(/\/\*.*?\*\//gs, '').replace(/\s*\\\n\s*/g, ' ');

/**
 * The rows of a map, each with its columns. What is in quotes is without them.
 *
 * @param {string} name
 */
function rows(name) {
  const [, body] = header.match(new RegExp(`^#define ${name}\\(XX\\) (.*)$`, 'm')) ?? [];
  if (!body) throw new Error(`${TABLE} has no ${name}`);
  return [...body.matchAll(/\bXX\(((?:"[^"]*"|[^")])*)\)/g)].map(([, columns]) =>
    [...columns.matchAll(/"([^"]*)"|([^",]+)/g)].map(([, text, word]) => text ?? word.trim()).filter(Boolean));
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

const statusModule = `${NOTE}

${statuses.map(([name, number]) => `export const ${name} = ${number};`).join('\n')}

/**
 * @typedef {${codes.join('\n *   | ')}} ErrorCode
 */

/** @type {ReadonlyArray<readonly [code: ErrorCode, text: string]>} from -1 down */
export const STATUSES = [
${statuses.map(([, , text], index) => `  [${codes[index]}, ${quoted(text)}],`).join('\n')}
];
`;

const statusTypes = `${NOTE}

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

const protocolModule = `${NOTE}

/** The version of the interface between the C runtime and this JavaScript. */
export const ABI_VERSION = ${constant('LULL__ABI_VERSION')};

/** The names of exports and imports. */
export const ABI_PREFIX = ${constant('LULL__ABI_PREFIX')};
export const TASK_PREFIX = ${constant('LULL__TASK_PREFIX')};
export const GENERATOR_PREFIX = ${constant('LULL__GENERATOR_PREFIX')};
export const MAIN_NAME = ${constant('LULL__MAIN_NAME')};
export const HOST_MODULE = ${constant('LULL__HOST_MODULE')};

/** The smallest stack that one can ask for, in bytes. */
export const STACK_MIN = ${constant('LULL_STACK_MIN')};

/** The low bits of a handle: the index of its slot. */
export const INDEX_BITS = ${constant('LULL__INDEX_BITS')};

/** The status of a task, by its state. */
export const STATES = /** @type {const} */ ([${states.join(', ')}]);

/** What C notifies of: these, and from FIRST_EVENT on, the events. */
${numbered('NOTICE_', notices)}
export const FIRST_EVENT = ${notices.length};

/** The events that observers are notified of, and their methods. */
${numbered('EVENT_', events)}
export const EVENTS = /** @type {const} */ ([${events.map(([, method]) => quoted(method)).join(', ')}]);

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
`;

/* ---- */

const files = Object.entries({
  'js/marshal/status.js': statusModule,
  'js/marshal/status.d.ts': statusTypes,
  'js/marshal/protocol.js': protocolModule,
});

if (process.argv.includes('--check')) {
  const stale = files.filter(([path, text]) => readFileSync(new URL(path, root), 'utf8') !== text);
  for (const [path] of stale) console.error(`${path} is not what ${TABLE} says: run npm run generate`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [path, text] of files) writeFileSync(new URL(path, root), text);
}
