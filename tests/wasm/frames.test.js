/** What a function saves when it suspends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import binaryen from 'binaryen';
import { asyncifyOnly, compactFramesOnly, compilers, fixture, withApp } from './support.js';

for (const cc of compilers) {
  describe(cc, () => {
    test('a frame has what the function holds, and which call waits if there are several', {
      skip: compactFramesOnly || asyncifyOnly,
    }, async () => {
      const module = binaryen.readBinary(await fixture('frames', { cc, debug: true }));
      const text = (name) => binaryen.emitText(binaryen.getFunctionInfo(module.getFunction(name)).body);
      /** How far a function moves the end of the saved frames when it saves its own. */
      const size = (name) =>
        Number(
          /\(global\.set \S+\s+\(i32\.add\s+\(global\.get \S+\)\s+\(i32\.const (\d+)\)/.exec(text(name))?.[1] ?? 0,
        );
      const sizes = { waits_once: 0, waits_in_loop: 0, waits_twice: 4, waits_holding: 4, waits_or_fails: 4 };
      assert.deepEqual(Object.fromEntries(Object.keys(sizes).map((name) => [name, size(name)])), sizes);
      module.dispose();
    });

    for (const level of ['0', '2', 's', '3']) {
      const options = { fixture: 'frames', cc, level };

      test(`frames of every kind are taken up again, -O${level}`, () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.frames(7)), 2 * (12 + 7));
      }));

      test(`nothing runs after the end of a task, below functions that do not wait, -O${level}`, () =>
        withApp(options, async (app, clock) => {
          const ends = [];
          for (const how of [0, 1, 2, 3, 4]) ends.push(await clock.until(app.call.end_below(how)));
          assert.deepEqual(ends, [31, 0, -1, 4203, -7]);
        }));
    }
  });
}
