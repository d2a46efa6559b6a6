/**
 * The runtime as the package has it, in `build/package`:
 *
 * - as one file, without comments and indentation, which are for readers of the repository. The public headers stay as
 *   they are. See D33.
 * - as the objects that the npm compiler makes of that file, and of the parts for C++, under their names in the cache.
 *
 * All of them are compressed. See D96.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { system } from '../node/toolchain/system.js';
import { findClang } from '../toolchain/compiler.js';
import { writeRuntimeObjects } from './runtime-objects.js';

const source = new URL('../src/', import.meta.url);
const target = new URL('../build/package/', import.meta.url);

/** Literals, which are kept, and comments. */
const TOKENS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\*[\s\S]*?\*\/|\/\/.*/g;

/** @type {Set<string>} */
const included = new Set();

/**
 * The text of a file, with its internal includes expanded on their first use.
 *
 * @param {string} name
 * @returns {string}
 */
function expand(name) {
  if (included.has(name)) return '';
  included.add(name);
  const code = readFileSync(new URL(name, source), 'utf8').replace(TOKENS, (token) => (token[0] === '/' ? ' ' : token));
  return code.replace(/^#include "([^"]+)"$/gm, (line, other) => (/^lull.*\.h$/.test(other) ? line : expand(other)));
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const text = expand('runtime.c').replace(/^[ \t]+|[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');
writeFileSync(new URL('runtime.c', target), text);

const clang = findClang(system);
if (!clang) throw new Error('no @yowasp/clang to compile the runtime with: npm install');
const folder = fileURLToPath(target);
const runtime = { ...system.runtime, source: async () => join(folder, 'runtime.c') };
await writeRuntimeObjects(folder, clang, runtime);
for (const name of readdirSync(target)) {
  const file = new URL(name, target);
  writeFileSync(new URL(`${name}.br`, target), brotliCompressSync(readFileSync(file)));
  rmSync(file);
}
