/**
 * All tests of the wasm build in one process. Each process that builds fixtures loads the compilers first, which takes
 * longer than ten builds after that. See D68.
 */
import { readdirSync } from 'node:fs';

const { LULL_TEST_STACK, LULL_TEST_COMPILER } = process.env;
const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.js')).sort();
// Sizes are the same with either stack and in every engine.
const withSizes = !LULL_TEST_STACK && !LULL_TEST_COMPILER;
for (const file of files) if (withSizes || file !== 'size.test.js') await import(`./${file}`);
