/** `lull init`: a small project to begin with. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../../toolchain/failure.js';
import { filesFor } from './project.js';

/**
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { Arguments } from '../main.js'
 */

export const summary = 'write a small project: C, JavaScript, types, a test, settings of editors';

export const help = `Usage: lull init [FOLDER]

Write a small project into a folder, by default the current one: a C file with a task, the
JavaScript that calls it, a test, package.json, and settings for editors. No file that is
there is changed: if one has the name of a file to write, nothing is written.
`;

export const options = {};

/**
 * @param {Arguments<typeof options>} args
 * @param {NodeSystem} system
 */
export async function run({ positionals: [given = '.', ...more] }, system) {
  if (more.length > 0) throw new Failure('one folder: lull init [FOLDER]', 2);
  const folder = resolve(system.folder, given);
  const files = filesFor(packageName(basename(folder)), system.runtime.version);
  const there = files.map(({ name }) => name).filter((name) => existsSync(join(folder, name)));
  if (there.length > 0) {
    throw new Failure(`${given} has ${there.join(', ')}, and lull init changes no file. Nothing is written`);
  }
  for (const { name, text } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text, { flag: 'wx' });
  }
  const lines = files.map(({ name, purpose }) => `  ${name.padEnd(26)}${purpose}\n`);
  const enter = given === '.' ? '' : `cd ${/[^\w./-]/.test(given) ? `'${given}'` : given} && `;
  system.output(new TextEncoder().encode(
    `Wrote in ${given}:\n\n${lines.join('')}\nNext: ${enter}npm install && npm test\n`));
  return 0;
}

/** A name that npm takes. @param {string} text */
const packageName = (text) => text.toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '') || 'program';
