/** What a function saves when it suspends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import binaryen from 'binaryen';
import { asyncifyOnly, compactFramesOnly, compilers, fixture, ownStacksOnly, withApp } from './support.js';

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

    test('a function that runs tests the state once for each list of statements, and after calls', {
      skip: compactFramesOnly || asyncifyOnly,
    }, async () => {
      const module = binaryen.readBinary(await fixture('frames', { cc, debug: true }));
      const state = /\(if\s+\(i32\.eq\s+\(global\.get (\S+)\)\s+\(i32\.const 2\)/;
      const tests = (name) => {
        const text = binaryen.emitText(binaryen.getFunctionInfo(module.getFunction(name)).body);
        return text.split(`(global.get ${state.exec(text)?.[1]})`).length - 1;
      };
      // To restore the frame, to jump into the list, and after each of the calls.
      assert.equal(tests('waits_in_order'), 1 + 1 + 4);
      module.dispose();
    });

    test('a function saves a frame with many locals by calls, one for each type', {
      skip: compactFramesOnly || asyncifyOnly,
    }, async () => {
      const module = binaryen.readBinary(await fixture('frames', { cc, debug: true }));
      const text = binaryen.emitText(binaryen.getFunctionInfo(module.getFunction('holds_many')).body);
      assert.match(text, /\(call \$lull__save_\d+_i32\b/);
      assert.match(text, /\(call \$lull__save_\d+_[if]64\b/);
      module.dispose();
    });

    for (const level of ['0', '2', 's', '3']) {
      const options = { fixture: 'frames', cc, level };

      test(`frames of every kind are taken up again, -O${level}`, () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.frames(7)), 2 * (12 + 7));
      }));

      test(`a function goes on at any of its calls as if none had waited, -O${level}`, () =>
        withApp(options, async (app, clock) => {
          for (const n of [1, 2, 9, 40]) assert.equal(await clock.until(app.call.anywhere(n)), 0);
          assert.equal(await clock.until(app.call.in_order(5)), 50 + 6);
        }));

      test(`frames that do not fit below the C stack end the task, -O${level}`, {
        skip: ownStacksOnly || asyncifyOnly,
      }, () => withApp(options, async (app, clock) => {
        const ends = new Set();
        for (let depth = 0; depth < 120; depth++) {
          const { result } = app.spawn('deep', [depth], { stackSize: 2048 });
          ends.add(await clock.until(result.catch(({ code }) => code)));
        }
        assert.deepEqual([...ends], [0, 'ERR_LULL_STACK']);
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
