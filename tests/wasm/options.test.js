/** Options and names: what is unknown or wrong is refused with a sentence, and nothing is inherited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { moduleOf, turn, withApp } from './support.js';

const empty = await moduleOf('empty');
const TASKS = { fixture: 'tasks', host: { call: () => new Promise(() => {}), note() {} } };

for (const [options, message] of [
  [{ hots: {} }, "load has no option 'hots'; did you mean 'host'?"],
  [{ stacksize: 4096 }, "load has no option 'stacksize'; did you mean 'stackSize'?"],
  [
    { constructor: 5 },
    "load has no option 'constructor'; it has host, budget, stackSize, maxTasks, maxStacks, maxMemory, maxRunTime, "
      + 'report, wasi, posix, keepContext, unref, clock',
  ],
  [null, 'load: the options must be an object, not null'],
  ['soon', 'load: the options must be an object, not "soon"'],
  [{ host: null }, "load: option 'host' must be an object, not null"],
  [{ host: 'x' }, `load: option 'host' must be an object, not "x"`],
  [{ report: 'console' }, `load: option 'report' must be a function, not "console"`],
  [{ wasi: true }, "load: option 'wasi' must be an object, not true"],
  [{ keepContext: 1 }, "load: option 'keepContext' must be a boolean, not 1"],
  [{ unref: 'yes' }, `load: option 'unref' must be a boolean, not "yes"`],
  [{ clock: { now: () => 0 } }, "load: option 'clock' must be a clock, not an object (Object)"],
]) {
  test(message, () => assert.rejects(load(empty, options), { name: 'TypeError', message }));
}

/** The message with which an app refuses. */
const refusal = (attempt) => {
  try {
    return attempt() ?? 'nothing was thrown';
  } catch ({ name, message }) {
    return `${name}: ${message}`;
  }
};

for (const [options, message] of [
  [{ timeot: 5 }, "spawn('add') has no option 'timeot'; did you mean 'timeout'?"],
  [{ priority: 5 }, "spawn('add') has no option 'priority'; it has name, delay, timeout, stackSize, signal"],
  [null, "spawn('add'): the options must be an object, not null"],
  [{ delay: 'soon' }, `spawn('add'): option 'delay' must be milliseconds, not negative, not "soon"`],
  [{ timeout: NaN }, "spawn('add'): option 'timeout' must be milliseconds, not negative, not NaN"],
  [{ timeout: null }, "spawn('add'): option 'timeout' must be milliseconds, not negative, not null"],
  [
    { signal: new AbortController() },
    "spawn('add'): option 'signal' must be an AbortSignal, not an object (AbortController)",
  ],
]) {
  test(message, () => withApp(TASKS, async (app) => {
    assert.equal(refusal(() => app.spawn('add', [1, 2], options)), `TypeError: ${message}`);
    assert.equal(app.stats().spawned, 0);
  }));
}

test('an option that is undefined is as good as none', () => withApp({ ...TASKS, budget: undefined }, async (app) => {
  assert.equal(await app.spawn('add', [1, 2], { timeout: undefined, signal: undefined }).result, 3);
}));

test('stream, channel, send and receive say which option they do not have', async () => {
  await withApp({ fixture: 'generators', host: { note() {} } }, async (app) => {
    assert.equal(
      refusal(() => app.stream('countdown', [1], { singal: null })),
      "TypeError: stream('countdown') has no option 'singal'; did you mean 'signal'?",
    );
  });
  await withApp({ fixture: 'js_channels', host: { choose() {} } }, async (app) => {
    assert.equal(
      refusal(() => app.channel('int', { capacty: 1 })),
      "TypeError: channel has no option 'capacty'; did you mean 'capacity'?",
    );
    assert.equal(refusal(() => app.channel('int', 5)), 'TypeError: channel: the options must be an object, not 5');
    const channel = app.channel('int', { capacity: 1 });
    const message = "send has no option 'timeout'; it has signal";
    await assert.rejects(channel.send(1, { timeout: 5 }), { name: 'TypeError', message });
    await assert.rejects(channel.receive(null), { message: 'receive: the options must be an object, not null' });
    channel[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  });
});

for (const [options, message] of [
  [{ timeout: NaN }, "close: option 'timeout' must be milliseconds, not negative, not NaN"],
  [{ timeot: 5 }, "close has no option 'timeot'; did you mean 'timeout'?"],
  [null, 'close: the options must be an object, not null'],
]) {
  test(`${message}: and the app stays open`, () => withApp(TASKS, async (app) => {
    const task = app.spawn('sleep', [1]);
    await turn();
    await assert.rejects(app.close(options), { name: 'TypeError', message });
    assert.equal(task.status, 'waiting');
    assert.equal(await app.call.add(1, 2), 3);
  }));
}

for (const [wasi, message] of [
  [{ fsd: [] }, "load: option 'wasi' has no option 'fsd'; did you mean 'fds'?"],
  [{ args: 'a b' }, `load: option 'wasi': option 'args' must be an array of strings without NUL, not "a b"`],
  [
    { env: { PORT: 80 } },
    "load: option 'wasi': option 'env' must be an object of strings without NUL, not an object (Object)",
  ],
]) {
  test(message, async () => assert.rejects(load(await moduleOf('program'), { wasi }), { name: 'TypeError', message }));
}

/* ---- Names ---- */

test('a misspelt task of app.call is named, with the task that is meant', () => withApp(TASKS, async ({ call }) => {
  const message = "this module has no task 'ad'; did you mean 'add'?";
  assert.throws(() => call.ad(1, 2), { name: 'TypeError', message });
}));

test('app.call says of any other name, and of what platforms ask for, that there is none', () =>
  withApp(TASKS, async ({ call }) => {
    for (const name of ['then', 'toJSON', 'constructor', 'toString', 'multiply', '$$typeof', Symbol.toStringTag]) {
      assert.equal(call[name], undefined, String(name));
      assert.equal(name in call, false, String(name));
    }
    assert.equal('ad' in call, false);
    assert.equal(await call, call); // it is no thenable
  }));

test('spawn of a misspelt task says which is meant', () => withApp(TASKS, async (app) => {
  assert.equal(refusal(() => app.spawn('slepe')), "TypeError: this module has no task 'slepe'; did you mean 'sleep'?");
  const refused = refusal(() => app.spawn(app.call.add));
  assert.equal(refused, 'TypeError: the name of the task must be a string, not a function');
}));

test('the promise of an app that is taken for the app says so', async () => {
  const promise = load(empty);
  for (const member of ['call', 'spawn', 'stream']) {
    assert.throws(() => promise[member], {
      name: 'TypeError',
      message: 'load returns a promise: write (await load(…)).call',
    });
  }
  await (await promise).close();
});

test('a task that is taken for its result says where that is', () => withApp(TASKS, async (app) => {
  const sum = await app.spawn('add', [1, 2]); // not its result
  await assert.rejects(app.call.add(sum, 3), {
    message: "add: argument 1, 'a' (int), must be an integer from -2147483648 to 2147483647, "
      + "not an object (Task 'add', whose value is in its .result)",
  });
}));

test('a misspelt host function is named beside the one that is missing', async () =>
  assert.rejects(load(await moduleOf('two_hosts'), { host: { fetch_txet() {}, log_line() {} } }), {
    message: 'this module needs host functions that were not given: pass load(…, { host: { … } }) with '
      + "fetch_text(const char * url, double seconds) → char * (it was given 'fetch_txet')",
  }));

/* ---- Inherited is not own ---- */

/** Do something while every object inherits these members. */
async function polluted(members, body) {
  Object.assign(Object.prototype, members);
  try {
    await body();
  } finally {
    for (const name of Object.keys(members)) delete Object.prototype[name];
  }
}

test('options that every object inherits are none', () => withApp(TASKS, async (app) =>
  polluted({ timeout: 'soon', delay: 5000, capacity: -1 }, async () => {
    assert.equal(await app.spawn('add', [1, 2], {}).result, 3);
    assert.equal(await app.spawn('add', [1, 2]).result, 3);
    await app.close({});
  })));

test('host functions and imports that every object inherits are missing', async () => {
  const module = await moduleOf('two_hosts');
  await polluted({ fetch_text() {}, nowhere: { missing() {} } }, async () => {
    await assert.rejects(load(module, { host: { log_line() {} } }), { message: /with fetch_text\(const char \* url/ });
    await assert.rejects(load(await moduleOf('stranger')), { code: 'ERR_LULL_ABI' });
  });
});

test('a host function called toString is missing when it is not given', async () => {
  const module = await moduleOf('inherited');
  await assert.rejects(load(module, { host: {} }), { message: /with toString\(int n\) → int; valueOf\(\) → int$/ });
  const app = await load(module, { host: { toString: (n) => n + 1, valueOf: () => 5 } });
  assert.equal(await app.call.constructor(1), 7);
  await app.close();
});

test('host functions may be those of a class', async () => {
  class Host {
    toString(n) { return n; }
    valueOf() { return 0; }
  }
  const app = await load(await moduleOf('inherited'), { host: new Host() });
  assert.equal(await app.call.constructor(3), 3);
  await app.close();
});

test('arguments are read once: those that are checked are passed', () => withApp(TASKS, async (app) => {
  let reads = 0;
  const changing = Object.defineProperty([0, 2], 0, { get: () => (reads++ ? '12x' : 1) });
  assert.equal(await app.spawn('add', changing).result, 3);
  const listing = [5, 6];
  listing[Symbol.iterator] = function* () { yield 'zz'; yield 8; };
  assert.throws(() => app.spawn('add', listing), /argument 1, 'a' \(int\), must be an integer/);
}));

test('times that are all but nothing are not taken for none', async () => {
  const host = { length_of: () => 1, call() {} };
  await withApp({ fixture: 'edges', host, budget: 5e-324 }, async (app, clock) => {
    assert.equal(await clock.until(app.call.add(1, 2)), 3);
    const task = app.spawn('sleep', [3], { timeout: 5e-324 });
    await assert.rejects(clock.until(task.result), { code: 'ERR_LULL_TIMEDOUT' });
  });
});

for (const [argv, message] of [
  [undefined, 'run(argv): argv must be an array, not undefined'],
  ['abc', 'run(argv): argv must be an array, not "abc"'],
  [new Array(1), 'run(argv): argument 0 must be a string without NUL, not undefined'],
  [['program', 1], 'run(argv): argument 1 must be a string without NUL, not 1'],
  [['program', 'a\0b'], 'run(argv): argument 1 must be a string without NUL, not "a\\u0000b"'],
  [[Symbol('x')], 'run(argv): argument 0 must be a string without NUL, not Symbol(x)'],
]) {
  test(message, () => withApp({ fixture: 'program', wasi: { fds: [] } }, async (app) => {
    await assert.rejects(app.run(argv), { name: 'TypeError', message });
    assert.equal(app.stats().spawned, 0);
  }));
}
