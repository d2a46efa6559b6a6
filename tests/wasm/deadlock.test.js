/** Deadlocks: what idle rejects with says who waits for what, and who holds it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiler, compilers, turn, withApp } from './support.js';

const options = { fixture: 'deadlock', cc: compiler };

/** What idle rejects with. */
async function deadlockOf(app) {
  const error = await app.idle().then(() => assert.fail('no deadlock'), (thrown) => thrown);
  assert.equal(error.name, 'LullError');
  assert.equal(error.code, 'ERR_LULL_DEADLOCK');
  return error;
}

/**
 * Spawn these, and see what there is to read.
 *
 * @param {any} app
 * @param {[task: string, name: string, ...args: unknown[]][]} tasks
 * @param {string[]} lines after the first
 */
async function reads(app, tasks, lines) {
  for (const [task, name, ...args] of tasks) app.spawn(task, args, { name });
  const error = await deadlockOf(app);
  const [first, ...rest] = error.message.split('\n');
  const unless = 'and nothing can run again unless JavaScript calls the program';
  assert.match(first, new RegExp(`^deadlock: (1 task waits|\\d+ tasks wait), ${unless}$`));
  assert.deepEqual(rest, lines.map((line) => `  ${line}`));
  return error;
}

for (const cc of compilers) {
  for (const level of ['0', '2', 's']) {
    test(`${cc} -O${level}: two tasks that lock two mutexes crosswise`, () =>
      withApp({ ...options, cc, level }, async (app) => {
        app.spawn('lock_both', [0, 1], { name: 'a' });
        app.spawn('lock_both', [1, 0], { name: 'b' });
        const { message, waits } = await deadlockOf(app);
        assert.equal(message, `deadlock: 2 tasks wait, and nothing can run again unless JavaScript calls the program
  task 1 'a' waits for a mutex, held by task 2 'b'
  task 2 'b' waits for a mutex, held by task 1 'a'
  in a circle: 1 'a' -> 2 'b' -> 1 'a'`);
        assert.deepEqual(waits, [
          { id: 1, name: 'a', waitingOn: 'mutex', holders: [{ id: 2, name: 'b' }] },
          { id: 2, name: 'b', waitingOn: 'mutex', holders: [{ id: 1, name: 'a' }] },
        ]);
      }));
  }
}

test('a task that waits for one that waits for nothing is in no circle', () => withApp(options, (app) => reads(app, [
  ['lock_both', 'holder', 0, -1],
  ['lock_both', 'waiter', 0, 1],
], [
  "task 1 'holder' waits to be resumed",
  "task 2 'waiter' waits for a mutex, held by task 1 'holder'",
])));

test('the readers hold a lock that somebody waits to write', () => withApp(options, (app) => reads(app, [
  ['lock_to_read', 'r1'], ['lock_to_read', 'r2'], ['lock_to_write', 'w'], ['lock_to_read', 'late'],
], [
  "task 1 'r1' waits to be resumed",
  "task 2 'r2' waits to be resumed",
  "task 3 'w' waits for a lock to write, held by task 1 'r1', task 2 'r2'",
  "task 4 'late' waits for a lock to read, held by task 1 'r1', task 2 'r2'",
])));

test('the writer holds a lock that others wait to read and to write', () => withApp(options, (app) => reads(app, [
  ['lock_to_write', 'w'], ['lock_to_read', 'r'], ['lock_to_write', 'v'],
], [
  "task 1 'w' waits to be resumed",
  "task 2 'r' waits for a lock to read, held by task 1 'w'",
  "task 3 'v' waits for a lock to write, held by task 1 'w'",
])));

test('a reader that has ended is no holder', () => withApp(options, async (app) => {
  const gone = app.spawn('lock_to_read', [], { name: 'gone' });
  app.spawn('lock_to_read', [], { name: 'r' });
  app.spawn('lock_to_write', [], { name: 'w' });
  await turn();
  gone.kill();
  await assert.rejects(gone.result, { code: 'ERR_LULL_KILLED' });
  await reads(app, [], [
    "task 2 'r' waits to be resumed",
    "task 3 'w' waits for a lock to write, held by task 2 'r'",
  ]);
}));

test('who does what is done once is waited for', () => withApp(options, (app) => reads(app, [
  ['do_once', 'first'], ['do_once', 'second'],
], [
  "task 1 'first' waits to be resumed",
  "task 2 'second' waits for what task 1 'first' does once",
])));

test('a join waits for the end of a task', () => withApp(options, (app) => reads(app, [['join', 'main']], [
  "task 1 'main' waits for the end of task 2 'joined'",
  "task 2 'joined' waits to be resumed",
])));

test('a future that the end of a task settles', () => withApp(options, (app) => reads(app, [['await_itself', 'main']], [
  "task 1 'main' waits for a future that the end of task 2 'settler' settles",
  "task 2 'settler' waits for a future that the end of task 2 'settler' settles",
  "in a circle: 2 'settler' -> 2 'settler'",
])));

test('a group is waited for by who opened it', () => withApp(options, (app) =>
  reads(app, [['wait_for_children', 'parent', 2]], [
    "task 1 'parent' waits for a group's children, task 2 'child', task 3 'child'",
    "task 2 'child' waits for a mutex, held by task 1 'parent'",
    "task 3 'child' waits for a mutex, held by task 1 'parent'",
    "in a circle: 1 'parent' -> 2 'child' -> 1 'parent'",
  ])));

test('an element of a generator comes from its task', () => withApp(options, (app) =>
  reads(app, [['next_element', 'main']], [
    "task 1 'main' waits for the next element of task 2 'stuck'",
    "task 2 'stuck' waits to be resumed",
  ])));

test('a wait for several things says for which of them', () => withApp(options, async (app) => {
  const { waits: [{ cases, holders }] } = await reads(app, [['await_all', 'main', 3]], [
    "task 1 'main' waits for all of several: the end of task 3 'lost'; the end of task 4 'lost'",
    "task 3 'lost' waits to be resumed",
    "task 4 'lost' waits to be resumed",
  ]);
  assert.deepEqual(holders, [{ id: 3, name: 'lost' }, { id: 4, name: 'lost' }]);
  assert.deepEqual(cases, holders.map((holder) => ({ waitingOn: 'join', holders: [holder] })));
}));

test('a select says what its cases wait for', () => withApp(options, async (app) => {
  app.spawn('lock_both', [0, -1], { name: 'holder' });
  app.spawn('select_one', [], { name: 'chooser' });
  const { message, waits: [, { cases, holders }] } = await deadlockOf(app);
  const held = { waitingOn: 'mutex', holders: [{ id: 1, name: 'holder' }] };
  assert.deepEqual(holders, held.holders);
  assert.deepEqual(new Set(cases), new Set([held, { waitingOn: "a channel's element", holders: [] }]));
  const both = ["a mutex, held by task 1 'holder'", "a channel's element"];
  if (cases[0].waitingOn !== 'mutex') both.reverse(); // the order is up to chance
  assert.equal(message.split('\n')[2], `  task 2 'chooser' waits for one of several: ${both.join('; ')}`);
}));

for (const [task, what, ...args] of [
  ['stay', 'to be resumed'],
  ['receive', "for a channel's element"],
  ['send', 'for room in a channel'],
  ['await', 'for a future'],
  ['wait_for_signal', 'for a condition'],
  ['acquire', 'for a semaphore'],
  ['wait_for_event', 'for an event'],
  ['wait_at_barrier', 'for a barrier'],
  ['wait_for_group', 'for a wait group'],
  ['sleep_for_ever', 'for the end of an endless pause'],
  ['wait_for_own', 'for the moon', true],
  ['wait_for_own', 'for yieldable', false],
]) {
  test(`nobody holds what ${task} waits for: ${what}`, () => withApp(options, async (app) => {
    const { waits } = await reads(app, [[task, 'lost', ...args]], [`task 1 'lost' waits ${what}`]);
    assert.deepEqual(waits[0].holders, []);
  }));
}

test('a task that never has its first run says so', () => withApp(options, async (app) => {
  app.spawn('stay', [], { name: 'late', delay: Infinity });
  await reads(app, [], ["task 1 'late' waits for its first run"]);
}));

test('names are quoted so that each task has one line', () => withApp(options, async (app) => {
  const { waits } = await reads(app, [['stay', "it's \"so\"\nor \\so"]], [
    "task 1 'it\\'s \"so\"\\nor \\\\so' waits to be resumed",
  ]);
  assert.equal(waits[0].name, "it's \"so\"\nor \\so");
}));

test('a long list is cut off in the text, and whole in the data', () => withApp(options, async (app) => {
  for (let i = 0; i < 117; i++) app.spawn('stay');
  const { message, waits } = await deadlockOf(app);
  const lines = message.split('\n');
  assert.equal(lines[0], 'deadlock: 117 tasks wait, and nothing can run again unless JavaScript calls the program');
  assert.equal(lines.length, 22);
  assert.equal(lines[20], "  task 20 'stay' waits to be resumed");
  assert.equal(lines[21], '  ... and 97 more');
  assert.equal(waits.length, 117);
}));

test('of many tasks, those in a circle come first', () => withApp(options, async (app) => {
  for (let i = 0; i < 30; i++) app.spawn('stay');
  app.spawn('lock_both', [0, 1], { name: 'a' });
  app.spawn('lock_both', [1, 0], { name: 'b' });
  const lines = (await deadlockOf(app)).message.split('\n');
  assert.deepEqual(lines.slice(1, 4), [
    "  task 31 'a' waits for a mutex, held by task 32 'b'",
    "  task 32 'b' waits for a mutex, held by task 31 'a'",
    "  task 1 'stay' waits to be resumed",
  ]);
  assert.deepEqual(lines.slice(-2), ['  ... and 12 more', "  in a circle: 31 'a' -> 32 'b' -> 31 'a'"]);
}));

test('many holders, cases and members of a circle are cut off, too', () => withApp(options, async (app) => {
  const { waits: [parent] } = await reads(app, [['wait_for_children', 'parent', 7]], [
    "task 1 'parent' waits for a group's children, task 2 'child', task 3 'child', task 4 'child', task 5 'child', "
      + "task 6 'child', ... and 2 more",
    ...[2, 3, 4, 5, 6, 7, 8].map((id) => `task ${id} 'child' waits for a mutex, held by task 1 'parent'`),
    "in a circle: 1 'parent' -> 2 'child' -> 1 'parent'",
  ]);
  assert.equal(parent.holders.length, 7);
  const several = app.spawn('await_all', [9], { name: 'several' });
  const { message } = await deadlockOf(app);
  const start = `  task ${several.id} 'several' waits for all of several: `;
  const line = message.split('\n').find((text) => text.startsWith(start));
  assert.match(line.slice(start.length), /^(the end of task \d+ 'lost'; ){5}\.\.\. and 3 more$/);
}));

test("a circle longer than JavaScript's stack is deep is found, and cut off", () => withApp({
  ...options, maxStacks: 20_001,
}, async (app) => {
  await app.call.wait_in_a_ring(20_000);
  const { message, waits } = await deadlockOf(app);
  assert.equal(waits.length, 20_000);
  assert.deepEqual(waits[19_999].holders, [{ id: 2, name: 'link' }]);
  const last = message.split('\n').at(-1);
  assert.match(last, /^ {2}in a circle: 2 'link' -> 3 'link' -> (\d+ 'link' -> ){18}\.\.\. and 19981 more$/);
}));

test('what goes on while the explanation is loaded is no deadlock', () => withApp(options, async (app) => {
  const outcomes = [];
  for (let ticks = 0; ticks < 50; ticks++) { // somewhere between, it is being loaded
    const task = app.spawn('stay');
    const ended = assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
    const idle = app.idle().then(() => 'idle', ({ waits }) => waits.length);
    for (let i = 0; i < ticks; i++) await undefined;
    task.kill();
    outcomes.push(await idle);
    await ended;
  }
  const first = outcomes.indexOf(1);
  assert.ok(first > 0, `deadlocks from ${first} on`);
  assert.deepEqual(outcomes, outcomes.map((_, ticks) => (ticks < first ? 'idle' : 1)));
}));

test('all who wait for the app to be idle get the error', () => withApp(options, async (app) => {
  app.spawn('stay');
  const [one, other] = await Promise.allSettled([app.idle(), app.idle()]);
  assert.equal(one.reason.code, 'ERR_LULL_DEADLOCK');
  assert.equal(other.reason, one.reason);
}));
