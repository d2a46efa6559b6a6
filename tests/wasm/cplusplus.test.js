/** C++: all of lull.h, lull.hpp, and the standard library. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, ownStacksOnly, withApp } from './support.js';

for (const cc of compilers) {
  describe(cc, { skip: ownStacksOnly }, () => {
    const options = {
      fixture: 'cplusplus.cc', cc, flags: ['-std=c++14', '-fno-exceptions'],
      host: { async fetch_text(url) { return `<${url}>`; }, say() {} },
    };
    /** @param {(app: any, clock: any) => Promise<void>} body */
    const withCplusplus = (body) => withApp(options, body);

    test('tasks, host calls and generators of lull_boundary.h', () => withCplusplus(async (app) => {
      const { call } = app;
      assert.equal(await call.twice(21), 42);
      assert.equal(await call.fetched('ä'), '<ä>');
      assert.equal(await call.counted(4), 10);
      const numbers = [];
      for await (const n of app.stream('countdown', [3])) numbers.push(n);
      assert.deepEqual(numbers, [3, 2, 1]);
    }));

    test('a task on the shared stack', () => withCplusplus(async ({ call }, clock) => {
      const results = [call.reversed(Uint8Array.of(1, 2, 3), true), call.reversed(Uint8Array.of(9), false)];
      await clock.advance(1000);
      assert.deepEqual(await Promise.all(results), [1321n, 9n]);
    }));

    test('channels that cross, as lull::channel', () => withCplusplus(async (app) => {
      const numbers = app.channel('int', { capacity: 3 });
      for (const n of [1, 2, 3]) await numbers.send(n);
      numbers.close();
      const doubled = [];
      for await (const n of await app.call.doubled(numbers)) doubled.push(n);
      assert.deepEqual(doubled, [2, 4, 6]);
    }));

    test('lull_spawn takes its options in any order', () => withCplusplus(async ({ call }, clock) => {
      const result = call.spawned(2);
      await clock.advance(2000);
      assert.equal(await result, 2 + 2.5);
    }));

    test('the standard library, across waits, and static constructors', () => withCplusplus(async ({ call }, clock) => {
      const results = [call.standard_library(5), call.standard_library(7)];
      await clock.advance(1000);
      assert.deepEqual(await Promise.all(results), ['3 15 one1two2', '3 21 one1two2']);
    }));

    test('lambdas are tasks, with their captures and results', () => withCplusplus(async ({ call }, clock) => {
      const sum = call.lambdas();
      await clock.advance(3000);
      assert.equal(await sum, 46);
    }));

    for (const [way, gone] of Object.entries({
      return: 'local deferred callable ',
      fail: 'deferred callable ', // lull_fail runs no destructors of the stack
      kill: 'deferred callable ',
      unborn: 'callable ',
    })) {
      test(`a callable is destroyed with its task: ${way}`, () => withApp(options, async ({ call }, clock, reports) => {
        const done = call.ends(way);
        await clock.advance(1000);
        await done;
        assert.equal(await call.destroyed(), gone);
        if (way === 'fail') assert.match(reports.splice(0)[0].message, /on purpose/);
      }));
    }

    test('a scope limits the waits of its block', () => withCplusplus(async ({ call }, clock) => {
      const status = call.limited();
      await clock.advance(3000);
      assert.equal(await status, -2); // LULL_ETIMEDOUT
    }));

    test('locks are held to the end of the block', () => withCplusplus(async ({ call }, clock) => {
      const order = call.locked();
      await clock.advance(4000);
      assert.equal(await order, 'aa(b)b()');
    }));

    test('the end of a group’s block cancels its children, and waits for them', () =>
      withCplusplus(async ({ call }, clock) => {
        const ended = call.abandoned();
        await clock.advance(1000);
        assert.equal(await ended, -1); // LULL_ECANCELED
      }));

    test('channels of a struct', () => withCplusplus(async ({ call }) => assert.equal(await call.channels(), 2)));
  });
}
