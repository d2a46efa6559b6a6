/** Bun, with its own node:test. */
import { suite } from './engines.js';
import { testSuite } from './suite.js';

testSuite('bun', ['test', ...suite], /^ *(\d+) pass$/m);
