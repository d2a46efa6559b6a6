/** The toolchain reaches its platform by toolchain/system.js alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { layers } from '../../scripts/layers.js';
import { readSources, withoutComments } from './graph.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = Object.entries(readSources(root, layers)).filter(([path]) => path.startsWith('toolchain/'));

/** What only Node has, or a page has elsewhere: its modules, its globals, and the files of the package. */
const NODE = /'node:[^']*'|(?<!-)\b(?:process|Buffer|require|__dirname|setImmediate)\b|'[^']*', import\.meta\.url/g;

/** @param {string} text */
const used = (text) => withoutComments(text).match(NODE) ?? [];

test('no file of the toolchain uses what only Node has', () => {
  assert.ok(sources.length > 10);
  assert.deepEqual(sources.flatMap(([path, text]) => used(text).map((name) => `${path}: ${name}`)), []);
});

test('the check finds modules, globals and files of Node', () => {
  assert.deepEqual(used(`import { join } from 'node:path';
    process.cwd(); Buffer.from(''); new URL('a', import.meta.url); /* Buffer */ const processors = 2;`),
  ["'node:path'", 'process', 'Buffer', "'a', import.meta.url"]);
});
