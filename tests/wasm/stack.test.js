/** Stack overflow: named, and the end of one task only. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LullError } from '../../node/index.js';
import { asyncifyOnly, compilers, ownStacksOnly, withApp } from './support.js';

const host = { call_back: () => 0 };

for (const cc of compilers) {
  for (const level of ['0', '2']) {
    describe(`${cc} -O${level}`, { skip: ownStacksOnly }, () => {
      const options = { fixture: 'failures', cc, level, host };
      const defaults = 16384; // LULL_STACK_SIZE

      /** Spawn it among tasks that hold arrays, and see that those do not notice. */
      const amongOthers = (spawn, check, more = {}) => withApp({ ...options, ...more }, async (app, clock) => {
        const others = [1, 2, 3].map(() => app.call.bystander(40));
        const tasks = [spawn(app), spawn(app)];
        others.push(...[1, 2, 3].map(() => app.call.bystander(40)));
        const failures = await clock.until(Promise.all(tasks.map((task) => task.result.catch((error) => error))));
        failures.forEach((failure, index) => check(failure, tasks[index], app));
        assert.deepEqual(await clock.until(Promise.all(others)), others.map(() => 0));
        assert.equal(await clock.until(app.call.take_deferred()), 2, 'deferred functions that ran');
      });

      const isOverflow = (size) => (failure, task) => {
        assert.ok(failure instanceof LullError, String(failure));
        assert.equal(failure.code, 'ERR_LULL_STACK');
        assert.equal(
          failure.message,
          `task ${task.id} '${task.name}' needs more than ${size} bytes of stack; pass .stack_size`,
        );
        assert.deepEqual(failure.task, { id: task.id, name: task.name });
      };
      const isDone = (value) => (result) => assert.equal(result, value);

      test('of the C stack, at the first run', () =>
        amongOthers((app) => app.spawn('overflow_c_stack', [1000], { name: 'deep' }), isOverflow(defaults)));

      test('of the C stack, after waits', () =>
        amongOthers((app) => app.spawn('overflow_c_stack_later', [1000], { name: 'deep' }), isOverflow(defaults)));

      test('of the saved frames', { skip: asyncifyOnly }, () =>
        amongOthers((app) => app.spawn('overflow_saved_frames', [3000], { name: 'deep' }), isOverflow(defaults)));

      test('of both together: the frames of a C stack that fits do not', {
        skip: asyncifyOnly,
      }, () => withApp(options, async (app, clock) => {
        const fails = async (name, depth) =>
          (await clock.until(app.call[name](depth).catch(({ code }) => code))) === 'ERR_LULL_STACK';
        let depth = 1;
        while (!(await fails('wait_in_c_frames', depth))) depth++;
        assert.ok(!(await fails('overflow_c_stack', depth)));
      }));

      test('of a frame that is larger than all memory', () =>
        amongOthers((app) => app.spawn('huge_frame'), isOverflow(defaults)));

      test('at every depth, the overflow is found or the task goes on', {
        skip: asyncifyOnly,
      }, () => withApp(options, async (app, clock) => {
        let overflows = 0;
        for (let depth = 0; depth < 400; depth += 3) {
          const others = [app.call.bystander(2), app.call.bystander(2)];
          const failure = await clock.until(
            app.spawn('overflow_saved_frames', [depth], { stackSize: 4096 }).result.catch((error) => error),
          );
          if (failure !== undefined) overflows++;
          assert.ok(failure === undefined || failure.code === 'ERR_LULL_STACK', String(failure));
          assert.deepEqual(await clock.until(Promise.all(others)), [0, 0]);
        }
        assert.ok(overflows > 10 && overflows < 134, `${overflows} overflows`);
      }));

      test('at every stack size, the overflow is found or the task goes on', () =>
        withApp(options, async (app, clock) => {
          let overflows = 0;
          for (let stackSize = 1024; stackSize < 6000; stackSize += 41) {
            const others = [app.call.bystander(2), app.call.bystander(2)];
            const failure = await clock.until(
              app.spawn('wait_in_c_frames', [12], { stackSize }).result.catch((error) => error),
            );
            if (failure !== undefined) overflows++;
            assert.ok(failure === undefined || failure.code === 'ERR_LULL_STACK', String(failure));
            assert.deepEqual(await clock.until(Promise.all(others)), [0, 0]);
          }
          assert.ok(overflows > 10 && overflows < 121, `${overflows} overflows`);
        }));

      test('does not happen with a larger stackSize for the task', () =>
        amongOthers((app) => app.spawn('overflow_saved_frames', [3000], { stackSize: 1 << 20 }), isDone(undefined)));

      test('does not happen with a larger stackSize for the instance', () =>
        amongOthers((app) => app.spawn('wait_in_c_frames', [200]), isDone(undefined), { stackSize: 1 << 17 }));

      test("names the instance's size", () =>
        amongOthers((app) => app.spawn('wait_in_c_frames', [200]), isOverflow(20000), { stackSize: 20000 }));

      test("of the engine's own stack", () =>
        amongOthers(
          (app) => app.spawn('exhaust_engine', [100_000_000], { stackSize: level === '0' ? 1 << 28 : 16384 }),
          (failure, task) => {
            assert.equal(failure.code, 'ERR_LULL_STACK', String(failure));
            assert.match(
              failure.message,
              new RegExp(
                `^task ${task.id} 'exhaust_engine' `
                + "(calls deeper than the JavaScript engine's own stack allows|needs more than)",
              ),
            );
          },
        ));

      test('while the task fails from a depth: its error counts', () =>
        amongOthers(
          (app) => app.spawn('end_from_depth', [3000, 0], { stackSize: level === '0' ? 1 << 18 : 4096 }),
          (failure) => {
            assert.equal(failure.message, 'from depth');
            assert.equal(failure.code, 'ERR_LULL_FAILED');
          },
        ));

      test('while the task returns from a depth: its value counts', () =>
        amongOthers(
          (app) => app.spawn('end_from_depth', [3000, 1], { stackSize: level === '0' ? 1 << 18 : 4096 }),
          isDone(42),
        ));

      test('while the task kills itself from a depth: it is killed', () =>
        amongOthers(
          (app) => app.spawn('end_from_depth', [3000, 2], { stackSize: level === '0' ? 1 << 18 : 4096 }),
          (failure) => {
            assert.equal(failure.code, 'ERR_LULL_KILLED');
          },
        ));

      test('a thousand times in a row, and the instance goes on', () => withApp(options, async (app, clock) => {
        for (let i = 0; i < 500; i++) {
          await assert.rejects(clock.until(app.call.overflow_c_stack(1000)), { code: 'ERR_LULL_STACK' });
          if (asyncifyOnly) continue;
          await assert.rejects(clock.until(app.call.overflow_saved_frames(3000)), { code: 'ERR_LULL_STACK' });
        }
        assert.equal(await clock.until(app.call.bystander(10)), 0);
      }));
    });
  }
}

describe('a frame whose size wraps around', () => {
  const hosts = { length_of: () => 0, call() {} };
  const sizes = [0xfffffe00, 0xfffff000, 0xffff8000, 0xfffe0000, 0xff000000, 0x80000000, 0x7ffffff0];
  for (const level of ['0', '2']) {
    for (const task of ['have_frame', 'have_frame_in_frame']) {
      test(`is an overflow, and not run: ${task} at level ${level}`, { skip: ownStacksOnly }, () =>
        withApp({ fixture: 'edges', level, host: hosts }, async (app) => {
          for (const size of sizes) await assert.rejects(app.call[task](size), { code: 'ERR_LULL_STACK' });
          assert.equal(await app.call[task](100), 3);
        }));
    }
  }
});
