/** What JavaScript may collect, once its users have let it go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { turn, withApp } from '../wasm/support.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

for (const highWaterMark of [1, 4]) {
  test(`a stream with a highWaterMark of ${highWaterMark} keeps no element that has been read`, () =>
    withApp({ fixture: 'generators', host: { note() {} } }, async (app) => {
      const stream = app.stream('blocks', [3], { highWaterMark });
      await turn(); // it is ahead of its reader
      const read = new WeakRef((await stream.next()).value);
      await turn();
      collect();
      assert.equal(read.deref(), undefined);
      await stream.return();
    }));
}
