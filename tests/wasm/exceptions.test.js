/** Exceptions of C++: thrown, caught and waited for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, ownStacksOnly, withApp } from './support.js';

/** @param {Record<string, unknown>} expected */
const failure = (expected) => (/** @type {Error} */ error) => {
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(error[key], value);
  return true;
};

for (const cc of compilers) {
  describe(cc, { skip: ownStacksOnly }, () => {
    const reason = new Error('refused');
    const options = { fixture: 'exceptions.cc', cc, host: { async refuse() { throw reason; } } };
    /** @param {(app: any, clock: any) => Promise<void>} body */
    const withExceptions = (body) => withApp(options, body);

    test('waits in a try, in destructors on the way, and in handlers', () => withExceptions(async ({ call }, clock) => {
      const results = [call.handled(1, 'a'), call.handled(-1, 'b'), call.handled(-2, 'c')];
      await clock.advance(10_000);
      assert.deepEqual(await Promise.all(results), ['a1', 'bno -1+7!no -1', 'cno -2+7!no -2']);
      assert.equal(await call.told(), '~~~');
    }));

    test('each task handles its own exception', () => withExceptions(async ({ call }, clock) => {
      const results = [[1, 3], [2, 1], [3, 2]].map(([id, seconds]) => call.current(id, seconds));
      await clock.advance(3000);
      assert.deepEqual(await Promise.all(results), [1, 2, 3]);
    }));

    test('an exception goes through many frames that have waited, and is thrown again', () =>
      withExceptions(async ({ call }) => assert.equal(await call.rethrown(20), 20)));

    for (const [kind, expected] of Object.entries({
      'the reason': { code: 'ERR_LULL_FAILED', message: 'the reason' },
      text: { code: 'ERR_LULL_FAILED', message: 'some text' },
      number: { code: 'ERR_LULL_FAILED', message: 'an exception: 5' },
      type: { code: 'ERR_LULL_FAILED', message: 'an exception of type d (see c++filt -t)' },
      error: { code: 'ERR_LULL_BUSY', message: 'too busy' },
    })) {
      test(`an exception that leaves a task is its failure: ${kind}`, () => withExceptions(async ({ call }) => {
        await assert.rejects(call.uncaught(kind), failure(expected));
        await assert.rejects(call.uncaught(kind), failure(expected)); // and the instance goes on
      }));
    }

    test('an exception that leaves a generator is its failure', () => withExceptions(async (app) => {
      const seen = [];
      await assert.rejects(async () => {
        for await (const n of app.stream('failing', [3])) seen.push(n);
      }, failure({ message: 'no more' }));
      assert.deepEqual(seen, [3]);
    }));

    test('an error of JavaScript passes through C++ as an exception, and comes out the same', () =>
      withExceptions(async ({ call }, clock) => {
        const result = assert.rejects(call.passed_on('x'), (error) => error === reason);
        await clock.advance(1000);
        await result;
        assert.equal(await call.told(), 'passed ');
      }));

    test('a cancellation is an exception, which destructors see', () => withExceptions(async (app) => {
      const task = app.spawn('cancelled');
      const result = assert.rejects(task.result, failure({ code: 'ERR_LULL_CANCELED' }));
      await task.cancel();
      await result;
      assert.equal(await app.call.told(), 'cancelled ');
    }));

    test('lull::within tells its own timeout', () => withExceptions(async ({ call }, clock) => {
      const status = call.within();
      await clock.advance(1000);
      assert.equal(await status, -2); // LULL_ETIMEDOUT
    }));

    test('a group fails as its child, after the others have ended', () => withExceptions(async ({ call }) => {
      assert.equal(await call.in_group(), 'first=first');
      assert.equal(await call.told(), 'child ');
    }));

    test('lull::join returns the result', () => withExceptions(async ({ call }, clock) => {
      const result = call.joined();
      await clock.advance(1000);
      assert.equal(await result, 1);
    }));

    test('a task that is killed in a handler frees its exception, and runs no destructor of its stack', () =>
      withExceptions(async ({ call }, clock) => {
        const done = call.drops_handler();
        await clock.advance(1000);
        await done;
        assert.equal(await call.told(), 'dropped ');
      }));

    test('the compiled part of the library throws', () => withExceptions(async ({ call }) => {
      assert.equal(await call.compiled_part('12'), '12');
      if (cc === 'native' && await call.libcxx_version() < 170_000) {
        // A type for handlers of std::exception, in place of the right one.
        const message = 'an exception of the C++ library, which does not tell its type before LLVM 17';
        return assert.rejects(call.compiled_part('x'), failure({ code: 'ERR_LULL_FAILED', message }));
      }
      assert.match(await call.compiled_part('x'), /^invalid stoi/);
      assert.match(await call.compiled_part('99999999999999'), /^range stoi/);
    }));

    test('handlers take the exceptions of their types', () => withExceptions(async ({ call }) => {
      assert.deepEqual(await Promise.all([0, 1, 2, 3, 4].map((which) => call.matched(which))), [2, 11, 20, 33, 30]);
    }));

    test('an exception out of a noexcept function ends the task', () => withExceptions(async ({ call }) => {
      await assert.rejects(call.terminates(), failure({ code: 'ERR_LULL_TRAP' }));
      assert.equal(await call.told(), '');
    }));

    test('lull_fail runs no destructor and no handler', () => withExceptions(async ({ call }) => {
      await assert.rejects(call.fails(), failure({ message: 'at once' }));
      assert.equal(await call.told(), '');
    }));
  });
}
