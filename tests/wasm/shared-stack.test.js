/** The stack that tasks share: each has it to itself while it runs, and a copy of what it uses while it waits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, ownStacksOnly, turn, withApp } from './support.js';

const SHARED = 262144; // LULL_SHARED_STACK_SIZE
const options = { fixture: 'shared' };
const skip = ownStacksOnly;
const zeros = (/** @type {number} */ count) => Array(count).fill(0);

for (const cc of compilers) {
  for (const level of ['0', '2', 's', '3']) {
    describe(`${cc} -O${level}`, () => {
      const built = { ...options, cc, level };

      test('what tasks hold is as they left it, whoever ran meanwhile', () => withApp(built, async (app, clock) => {
        const tasks = Array.from({ length: 20 }, (_, i) => app.call[i % 3 ? 'shares' : 'owns'](i, 10, 0.001 * (i % 4)));
        assert.deepEqual(await clock.until(Promise.all(tasks)), zeros(20));
      }));

      test('an overflow ends its task alone, and is named', () => withApp(built, async (app, clock) => {
        const others = [1, 2, 3].map((seed) => app.call.shares(seed, 5, 0));
        for (const pause of [false, true]) {
          const task = app.spawn('goes_deep', [400, pause], { name: 'deep' });
          await assert.rejects(clock.until(task.result), {
            code: 'ERR_LULL_STACK',
            message: `task ${task.id} 'deep' needs more than ${SHARED} bytes of stack; pass .stack_size`,
          });
        }
        assert.deepEqual(await clock.until(Promise.all(others)), zeros(3));
      }));

      test('what is deep but fits is kept', () => withApp(built, async (app, clock) => {
        const tasks = [30, 20, 40].map((depth) => app.call.goes_deep(depth, true));
        assert.deepEqual(await clock.until(Promise.all(tasks)), zeros(3));
      }));

      test('generators hand out their elements', () => withApp(built, async (app, clock) => {
        const elements = [];
        for await (const element of app.stream('counts', [4])) elements.push(element);
        assert.deepEqual(elements, [1, 2, 3, 4]);
        assert.equal(await clock.until(app.call.sums(100)), 5050);
      }));
    });
  }
}

test('a sleeping task keeps no more than it uses', { skip }, () => withApp(options, async (app, clock) => {
  const bytes = (/** @type {string} */ name) => app.tasks().find((task) => task.name === name)?.stackBytes;
  const done = Promise.all([app.call.shares(1, 2, 1), app.call.owns(1, 2, 1), app.call.idles(1)]);
  assert.equal(bytes('shares'), 0); // it has not run
  await turn();
  assert.equal(bytes('owns'), 16384);
  assert.ok(bytes('shares') >= 164 && bytes('shares') <= 400, `${bytes('shares')} bytes`); // a `held` has 164
  assert.ok(bytes('idles') <= 32, `${bytes('idles')} bytes`);
  await clock.until(done);
}));

test('a trap ends its task alone', () => withApp(options, async (app, clock) => {
  const others = [1, 2, 3].map((seed) => app.call.shares(seed, 5, 0));
  await assert.rejects(clock.until(app.call.traps()), { code: 'ERR_LULL_TRAP' });
  assert.deepEqual(await clock.until(Promise.all(others)), zeros(3));
}));

for (const [way, ends, code] of [
  ['cancelled', (/** @type {any} */ task) => void task.cancel(), 'ERR_LULL_CANCELED'],
  ['killed', (/** @type {any} */ task) => task.kill(), 'ERR_LULL_KILLED'],
]) {
  test(`what a task deferred runs on the stack when it is ${way}`, () => withApp(options, async (app, clock) => {
    const other = app.call.shares(1, 5, 0);
    const task = app.spawn('defers', [60]);
    await turn();
    ends(task);
    await assert.rejects(clock.until(task.result), { code });
    assert.equal(await app.call.take_deferred(), 11);
    assert.equal(await clock.until(other), 0);
  }));
}

test('a task that is killed before its first run takes nothing', () => withApp(options, async (app) => {
  const task = app.spawn('shares', [1, 1, 1], { delay: 1000 });
  task.kill();
  await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
}));

test('groups and scopes do not care where stacks are', () => withApp(options, async (app, clock) => {
  assert.equal(await clock.until(app.call.opens_a_group(5, false)), 0);
  assert.equal(await clock.until(app.call.opens_a_group(5, true)), -77);
  await assert.rejects(clock.until(app.call.leaves_a_group()), /with a group open/);
  assert.deepEqual(await clock.until(Promise.all([1, 2, 3].map((seed) => app.call.times_out(seed)))), zeros(3));
}));

test('who asks for a size has a stack of its own', () => withApp(options, async (app, clock) => {
  const task = app.spawn('shares', [1, 2, 1], { stackSize: 4096 });
  await turn();
  assert.equal(app.tasks()[0].stackBytes, 4096);
  assert.equal(await clock.until(task.result), 0);
  assert.equal(await clock.until(app.call.own_stack_by_size()), 0);
}));

test('an instance that is closed gives the stack and the copies back', () => withApp(options, async (app) => {
  const tasks = [1, 2, 3].map((seed) => app.spawn('shares', [seed, 1, 60]));
  await turn();
  const ended = Promise.allSettled(tasks.map((task) => task.result));
  await app.close();
  assert.deepEqual((await ended).map(({ status }) => status), ['rejected', 'rejected', 'rejected']);
}));
