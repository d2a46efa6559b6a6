/** Deno, with its own node:test. What it calls a test has steps, which Node counts as tests. */
import { suite } from './engines.js';
import { testSuite } from './suite.js';

testSuite('deno', ['test', '--allow-all', '--no-check', '--no-lock', ...suite], /\| (\d+) passed/);
