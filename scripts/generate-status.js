/** Write js/marshal/status.js from the statuses of src/include/lull.h; with --check, say whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';

const header = new URL('../src/include/lull.h', import.meta.url);
const output = new URL('../js/marshal/status.js', import.meta.url);
const declarations = new URL('../js/marshal/status.d.ts', import.meta.url);

const table = [...readFileSync(header, 'utf8').matchAll(/XX\(E(\w+), (-\d+), "([^"]+)"\)/g)];
table.forEach(([, name, number], index) => {
  if (Number(number) !== -1 - index) {
    throw new Error(`src/include/lull.h: the status LULL_E${name} must be ${-1 - index}, not ${number}`);
  }
});
const rows = table.map(([, name, , text]) => `  ['ERR_LULL_${name}', '${text}'],`);
const constants = table.map(([, name, number]) => `export const E${name} = ${number};`);
const codes = table.map(([, name]) => `'ERR_LULL_${name}'`);
const text = `// Made from src/include/lull.h by scripts/generate-status.js.

${constants.join('\n')}

/**
 * @typedef {${codes.join('\n *   | ')}} ErrorCode
 */

/** @type {ReadonlyArray<readonly [code: ErrorCode, text: string]>} from -1 down */
export const STATUSES = [
${rows.join('\n')}
];
`;

const typesText = `// Made from src/include/lull.h by scripts/generate-status.js.

${table.map(([, name]) => `export declare const E${name}: number;`).join('\n')}
/** The code of an error: \`ERR_LULL_CANCELED\` for LULL_ECANCELED, and so on. */
export type ErrorCode =
${codes.map((code) => `  | ${code}`).join('\n')};
export declare const STATUSES: ReadonlyArray<readonly [code: ErrorCode, text: string]>;
`;

if (process.argv.includes('--check')) {
  if (readFileSync(output, 'utf8') !== text || readFileSync(declarations, 'utf8') !== typesText) {
    console.error('js/marshal/status.js is not what src/include/lull.h says: run npm run generate');
    process.exitCode = 1;
  }
} else {
  writeFileSync(output, text);
  writeFileSync(declarations, typesText);
}
