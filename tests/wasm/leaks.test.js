/** What C has not given back when its app is closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { moduleOf } from './support.js';

/** What closing an app says on the console, after `body`. */
async function warnings(body) {
  const { warn } = console;
  const said = [];
  console.warn = (text) => said.push(text);
  const none = () => {};
  const host = new Proxy({}, { get: () => none });
  try {
    const app = await load(await moduleOf('boundary'), { host });
    await body(app);
    await app.close();
  } finally {
    console.warn = warn;
  }
  return said;
}

test('close names the values that C still holds, and how often', async () => {
  const said = await warnings(async (app) => {
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

test('of very many values, it names some', async () => {
  const [said] = await warnings(async (app) => {
    for (let i = 0; i < 30; i++) await app.call.leak(i, 1);
  });
  assert.match(said, /C still holds 30 JavaScript values/);
  assert.match(said, /\n {2}lull_ref 20: 19\n {2}and 10 more$/);
});

test('close says nothing where all was given back', async () => {
  assert.deepEqual(await warnings((app) => app.call.leak({}, 0)), []);
});
