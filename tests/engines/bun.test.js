/** Bun, with its own node:test. */
import { testSuite } from './suite.js';

testSuite('bun', ['test'], /^ *(\d+) pass$/m);
