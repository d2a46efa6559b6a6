/** node:test for a page: each file of tests is a bundle, whose tests suite.js has run. */
import { run } from '../../foreign/node-test.js';

export * from '../../foreign/node-test.js';

globalThis.runTests = run;
