/**
 * All tests of the wasm build in one process. Each process that builds fixtures loads the compilers first, which takes
 * longer than ten builds after that.
 */
import { readdirSync } from 'node:fs';
import { ownStacksOnly } from './support.js';

const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.js')).sort();
// Sizes are the same with either stack.
for (const file of files) if (!(ownStacksOnly && file === 'size.test.js')) await import(`./${file}`);
