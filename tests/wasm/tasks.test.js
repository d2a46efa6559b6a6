/** Tasks as JavaScript spawns them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ownStacksOnly, turn, withApp } from './support.js';

const options = { fixture: 'tasks', host: { call: () => new Promise(() => {}), note() {} } };

test('a delay holds the first run back', () => withApp(options, async (app, clock) => {
  const task = app.spawn('add', [1, 2], { delay: 1500 });
  await clock.advance(1499);
  assert.equal(task.status, 'waiting');
  assert.equal(app.tasks()[0].waitingOn, 'its first run');
  await clock.advance(1);
  assert.equal(task.status, 'done');
  assert.equal(await task.result, 3);
}));

test('tasks of the same delay run in the order in which they were spawned', () =>
  withApp(options, async (app, clock) => {
    const order = [];
    for (const n of [1, 2, 3, 4, 5]) app.spawn('add', [n, 0], { delay: 10 }).result.then((value) => order.push(value));
    app.spawn('add', [0, 0], { delay: 5 }).result.then((value) => order.push(value));
    await clock.advance(10);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
  }));

test('a task has the name it was given, else its function’s', () => withApp(options, async (app) => {
  assert.deepEqual(
    [app.spawn('sleep', [1]).name, app.spawn('sleep', [1], { name: 'nap äöü' }).name],
    ['sleep', 'nap äöü'],
  );
  assert.deepEqual(app.tasks().map(({ name }) => name), ['sleep', 'nap äöü']);
}));

test('a long name is cut off between characters', () => withApp(options, async (app) => {
  app.spawn('sleep', [1], { name: 'ä'.repeat(60) });
  const [{ name }] = app.tasks();
  assert.equal(name, 'ä'.repeat(31));
}));

test('an id is the number of the task', () => withApp(options, async (app, clock) => {
  const tasks = [1, 2, 3].map(() => app.spawn('sleep', [1]));
  assert.deepEqual(tasks.map(({ id }) => id), [1, 2, 3]);
  assert.deepEqual(app.tasks().map(({ id }) => id), [1, 2, 3]);
  await clock.advance(1000);
  assert.equal(app.spawn('sleep', [1]).id, 4);
}));

test('status: ready, waiting, done', () => withApp(options, async (app, clock) => {
  const task = app.spawn('sleep', [1]);
  assert.equal(task.status, 'ready');
  await turn();
  assert.equal(task.status, 'waiting');
  await clock.advance(1000);
  assert.equal(task.status, 'done');
}));

test('status: is looked up without going through the other tasks', () => withApp(options, async (app) => {
  for (let i = 0; i < 100; i++) app.spawn('sleep', [1]).result.catch(() => {});
  const task = app.spawn('sleep', [1]);
  task.result.catch(() => {});
  const { decode } = TextDecoder.prototype;
  let texts = 0;
  TextDecoder.prototype.decode = function (...args) {
    texts++;
    return decode.apply(this, args);
  };
  try {
    assert.equal(task.status, 'ready');
  } finally {
    TextDecoder.prototype.decode = decode;
  }
  assert.ok(texts <= 2, `${texts} texts of tasks were read`);
}));

test('status: failed', () => withApp(options, async (app) => {
  const task = app.spawn('fail_with', [-3, 'no']);
  await assert.rejects(task.result);
  assert.equal(task.status, 'failed');
}));

test('cancel: the wait fails, and the task is cancelled', () => withApp(options, async (app) => {
  const task = app.spawn('sleep', [1000]);
  await turn();
  await task.cancel();
  assert.equal(task.status, 'cancelled');
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}));

test('cancel before the first run: the task runs', () => withApp(options, async (app) => {
  const task = app.spawn('add', [1, 2], { delay: 1000 });
  await task.cancel();
  assert.equal(await task.result, 3);
  assert.equal(task.status, 'done');
}));

test('cancel waits for the cleanup', () => withApp(options, async (app, clock) => {
  const task = app.spawn('clean_up');
  await turn();
  const cancelled = task.cancel();
  await turn();
  assert.equal(app.exports.cleaned_up(), 0);
  await clock.until(cancelled);
  assert.equal(app.exports.cleaned_up(), 1);
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}));

test('cancel of a task that has ended does nothing', () => withApp(options, async (app) => {
  const task = app.spawn('add', [1, 2]);
  await task.result;
  await task.cancel();
  task.kill();
  assert.equal(task.status, 'done');
}));

test('kill ends a task that ignores its cancellation', () => withApp(options, async (app) => {
  const task = app.spawn('ignore_cancel');
  await turn();
  task.kill();
  await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
  assert.equal(task.status, 'failed');
}));

test('kill before the first run', () => withApp(options, async (app) => {
  const task = app.spawn('add', [1, 2]);
  task.kill();
  await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
}));

test('await using cancels', () => withApp(options, async (app) => {
  const task = app.spawn('sleep', [1000]);
  await task[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
  assert.equal(app.stats().tasks, 0);
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}));

test('a task is not thenable', () => withApp(options, async (app) => {
  const task = app.spawn('add', [1, 2]);
  assert.equal((await (async () => task)()), task);
  await task.result;
}));

test('a handle has what the declarations say, and no more', () => withApp(options, async (app) => {
  const task = app.spawn('add', [1, 2]);
  const members = [...Object.keys(task), ...Object.getOwnPropertyNames(Object.getPrototypeOf(task))];
  assert.deepEqual(members.sort(), ['cancel', 'constructor', 'id', 'kill', 'name', 'result', 'status', 'throw']);
  await task.result;
}));

test('app.cancel cancels all', () => withApp(options, async (app) => {
  const tasks = [1, 2, 3].map(() => app.spawn('sleep', [1000]));
  app.cancel();
  for (const task of tasks) await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}));

test('tasks() says what each waits for', { skip: ownStacksOnly }, () => withApp(options, async (app) => {
  app.spawn('sleep', [1]);
  app.spawn('call_host', [1]);
  app.spawn('wait_for_ever');
  app.spawn('pass_on', [1], { stackSize: 20000 });
  await turn();
  const rows = app
    .tasks()
    .map(({ id, name, parent, status, waitingOn, stackBytes }) => [id, name, parent, status, waitingOn, stackBytes]);
  assert.deepEqual(rows, [
    [1, 'sleep', null, 'waiting', 'pause', 16384],
    [2, 'call_host', null, 'waiting', 'call', 16384],
    [3, 'wait_for_ever', null, 'waiting', 'nothing at all', 16384],
    [4, 'pass_on', null, 'waiting', 'future', 20000],
    [5, 'task', 4, 'waiting', 'join', 16384],
    [6, 'task', 5, 'waiting', 'call', 16384],
  ]);
}));

describe('wrong options and names are TypeErrors', () => {
  const refuses = (args, message) => test(message, () => withApp(options, async (app) => {
    assert.throws(() => app.spawn(...args), { name: 'TypeError', message });
    assert.equal(app.stats().spawned, 0);
  }));
  refuses(['sleep', [1], { delay: -1 }], "spawn('sleep'): option 'delay' must be milliseconds, not negative, not -1");
  refuses(['sleep', [1], { delay: NaN }], "spawn('sleep'): option 'delay' must be milliseconds, not negative, not NaN");
  refuses(
    ['sleep', [1], { delay: '1' }],
    "spawn('sleep'): option 'delay' must be milliseconds, not negative, not \"1\"",
  );
  refuses(
    ['sleep', [1], { stackSize: 1000 }],
    "spawn('sleep'): option 'stackSize' must be at least 1024 bytes, not 1000",
  );
  refuses(['sleep', [1], { name: 5 }], "spawn('sleep'): option 'name' must be a string, not 5");
  refuses(['sleep', 1], "spawn('sleep', args): args must be an array, not 1");
  test('an unknown task, with those there are', () => withApp({ fixture: 'empty' }, async (app) => {
    assert.throws(() => app.spawn('sleeep', [1]), {
      name: 'TypeError',
      message: "this module has no task 'sleeep'; it has nothing",
    });
  }));
});

test('options of a spawn that failed do not reach the next', () => withApp(options, async (app) => {
  assert.throws(() => app.spawn('add', [1], { name: 'wrong', delay: 5000 }));
  assert.throws(() => app.spawn('fail_with', [1.5, 'text'], { name: 'wrong', delay: 5000 }));
  const task = app.spawn('add', [1, 2]);
  assert.equal(app.tasks()[0].name, 'add');
  assert.equal(await task.result, 3);
}));

// Without a limit, some versions of malloc have that much.
test('a spawn that no memory is there for is refused, and leaves nothing', () =>
  withApp({ ...options, maxMemory: 2 ** 26 }, async (app) => {
    const task = app.spawn('add', [1, 2], { stackSize: 2 ** 31 - 1 });
    await assert.rejects(task.result, { code: 'ERR_LULL_NOMEM' });
  }));

test('main: its result is the exit status', () =>
  withApp({ fixture: 'program', wasi: { fds: [] } }, async (app, clock) => {
    assert.equal(await clock.until(app.run(['program'])), 3);
  }));

test('main: exit ends it from a depth', () => withApp({ fixture: 'program', wasi: { fds: [] } }, async (app, clock) => {
  assert.equal(await clock.until(app.run(['program', '7'])), 7);
}));

test('main: a module without one says so', () => withApp(options, async (app) => {
  await assert.rejects(app.run(['program']), { code: 'ERR_LULL_SRCH', message: 'this program has no main()' });
}));
