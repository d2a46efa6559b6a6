/** Each Node that lull supports. */
import { testSuite } from './suite.js';

for (const engine of /** @type {const} */ (['node-20', 'node-22', 'node-24', 'node-26'])) {
  testSuite(engine, ['--test-reporter=tap', 'tests/wasm/all.js'], /^# pass (\d+)$/m);
}
