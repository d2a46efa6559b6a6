/** The choice of functions to instrument: calls through pointers by their C types. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from '../../node/index.js';
import { asyncifyOnly, compilers, fixture, withApp } from './support.js';

for (const cc of compilers) {
  describe(cc, { skip: asyncifyOnly }, () => {
    const options = { fixture: 'lean', cc };

    test('a function waits that is called through a pointer of its type', () =>
      withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.waits_by_pointer(5)), 17);
      }));

    test('a wait in a function that is called through another type ends the task by name', () =>
      withApp(options, async (app, clock) => {
        const other = app.call.waits_by_pointer(7);
        await assert.rejects(clock.until(app.call.waits_by_wrong_type(1)), {
          code: 'ERR_LULL_TRAP',
          message: /^task \d+ 'waits_by_wrong_type' waited in a function called by a function \(.*-g.*LULL_MAY_SUSPEND/,
        });
        assert.equal(await clock.until(other), 23);
        assert.equal(await clock.until(app.call.waits_by_wrong_type(0)), 101);
      }));

    for (const says of ['TYPE_MAY_SUSPEND', 'FUNCTION_MAY_SUSPEND']) {
      test(`with ${says}, such a function waits`, () =>
        withApp({ ...options, flags: [`-D${says}`] }, async (app, clock) => {
          assert.equal(await clock.until(app.call.waits_by_wrong_type(4)), 104);
        }));
    }

    test('a function that is cast to another type waits where Clang tells of the cast, else it ends the task', () =>
      withApp(options, async (app, clock) => {
        const waited = clock.until(app.call.waits_by_cast(4));
        if (await app.call.clang_version() >= 16) assert.equal(await waited, 104);
        else await assert.rejects(waited, { message: /LULL_MAY_SUSPEND/ });
      }));

    test('LULL_NEVER_SUSPENDS_TYPE holds for calls through that type', () =>
      withApp({ ...options, flags: ['-DTYPE_NEVER_SUSPENDS'] }, (app, clock) =>
        assert.rejects(clock.until(app.call.waits_by_pointer(1)), { message: /LULL_NEVER_SUSPENDS/ })));

    test('a wait in a function with LULL_NEVER_SUSPENDS ends the task', () =>
      withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.waits_in_spite(0)), 101);
        await assert.rejects(clock.until(app.call.waits_in_spite(1)), { message: /LULL_NEVER_SUSPENDS/ });
      }));

    test('with the names of functions, the error has those of the function that waited and of its caller', async () => {
      const app = await load(await fixture('lean', { cc, debug: true }));
      for (const [task, message] of [
        ['waits_by_wrong_type', /waited in waits\(\), called by call_untyped\(\), through a pointer/],
        ['waits_in_spite', /in lull_pause\(\), called by does_not_suspend\(\), .*in spite of LULL_NEVER_SUSPENDS/],
      ]) await assert.rejects(app.call[task](1), { message });
      await app.close();
    });
  });
}
