/** Bun, with its own node:test. */
import { suite } from './engines.js';
import { testSuite } from './suite.js';

testSuite('bun', ['test', '--timeout', '600000', ...suite], /^ *(\d+) pass$/m);
