/** What C has not given back when its app is closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { moduleOf } from './support.js';

/** What closing an app says on the console, after `body`. */
async function warnings(t, body) {
  const warn = t.mock.method(console, 'warn', () => {});
  const none = () => {};
  const host = new Proxy({}, { get: () => none });
  const app = await load(await moduleOf('boundary'), { host });
  await body(app);
  await app.close();
  return warn.mock.calls.map(({ arguments: [text] }) => text);
}

test('close names the values that C still holds, and how often', async (t) => {
  const said = await warnings(t, async (app) => {
    await app.call.leak(new Map(), 1);
    await app.call.leak('a text', 2);
    await app.call.leak('given back', 0);
  });
  assert.deepEqual(said, [
    'lull: C still holds 2 JavaScript values of an app that is closed: give each back with lull_ref_release\n'
    + '  lull_ref 1: an object (Map)\n'
    + '  lull_ref 2: "a text", 2 times',
  ]);
});

test('of very many values, it names some', async (t) => {
  const [said] = await warnings(t, async (app) => {
    for (let i = 0; i < 30; i++) await app.call.leak(i, 1);
  });
  assert.match(said, /C still holds 30 JavaScript values/);
  assert.match(said, /\n {2}lull_ref 20: 19\n {2}and 10 more$/);
});

test('close says nothing where all was given back', async (t) => {
  assert.deepEqual(await warnings(t, (app) => app.call.leak({}, 0)), []);
});
