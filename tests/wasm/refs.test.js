/** References and handles that were given back: they never reach what has taken their place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from './support.js';

test('a reference that is retained after its release reaches no other value', async () => {
  const compared = [];
  const host = {
    make: (number) => ({ number }),
    compare(...values) { compared.push(values.map((value) => value?.number)); },
  };
  await withApp({ fixture: 'stale', host }, (app) => app.call.retain_after_release());
  assert.deepEqual(compared, [[2, 3], [undefined, 3]]);
});

test('a number that is no reference is nothing to retain and release', async () => {
  const host = { make() {}, compare() {} };
  await withApp({ fixture: 'stale', host }, async (app) => {
    for (const wild of [-5, -(2 ** 31), 1, 1000, 2 ** 31 - 1]) {
      await app.call.retain(wild);
      assert.equal(app.stats().references, 0);
    }
  });
});

test('a future that is freed while its rejection is reported is freed once', async () => {
  const statuses = [];
  const host = { make() {}, compare() {} };
  let app;
  const options = { fixture: 'stale', host, report: () => { statuses.push(app.exports.free_reported()); } };
  await withApp(options, async (loaded) => {
    app = loaded;
    assert.equal(await app.call.free_and_report(), 0);
  });
  assert.deepEqual(statuses, [-10]);
});
