import type { App, TaskInfo, Wait } from 'lull';
import { LullError, load as loadAny } from 'lull';
import { VirtualClock } from 'lull/testing';
import { load, type Program } from './app.js';
import { expect } from './expect.js';

const host = { fetch_text: (url: string | null) => `${url}`, show() {} };

// The options of load.
const clock = new VirtualClock({ tick: 1 });
const app = await load({
  host,
  budget: 8,
  stackSize: 16384,
  maxTasks: 1000,
  keepContext: true,
  unref: true,
  report: (error) => expect<unknown>()(error),
  wasi: { args: ['a'], env: { HOME: '/' }, fds: [], files: { '/a': 'text', '/b': new Uint8Array() } },
  clock,
});
expect<App<Program>>()(app);
expect<Promise<number>>()(clock.until(app.call.add(1, 2)));
expect<Promise<void>>()(clock.advance(5));

// @ts-expect-error: there is no such option
await load({ host, stacksize: 16384 });
// @ts-expect-error: keepContext is true or false
await load({ host, keepContext: 'yes' });
// @ts-expect-error: unref is true or false
await load({ host, unref: 1 });
// @ts-expect-error: the budget is a number
await load({ host, budget: '8ms' });
// @ts-expect-error: a clock arms timers
await load({ host, clock: { now: () => 0 } });

// @ts-expect-error: the contents of a file are text or bytes
await load({ host, wasi: { files: { '/a': 7 } } });
await load({ host, wasi: { files: app.files } });
await load({ host, posix: { spawn: ['sh'], refused: (what, entry, option) => expect<'net' | 'spawn'>()(option) } });
await load({ host, posix: { spawn: true } });
// @ts-expect-error: the programs are a list of names
await load({ host, posix: { spawn: 'sh' } });

// The app.
expect<Promise<void>>()(app.close());
expect<Promise<void>>()(app.close({ timeout: 100 }));
expect<Promise<void>>()(app.idle());
expect<Promise<number>>()(app.run(['program', '--help']));
expect<TaskInfo[]>()(app.tasks());
expect<number>()(app.stats().switches);
expect<string[] | undefined>()(app.files?.list());
expect<Blob>()(new Blob([app.files!.read('/a')]));
app.cancel();
await using disposed = app;
expect<App<Program>>()(disposed);

// @ts-expect-error: a wrong option: a number of milliseconds
app.close({ timeout: '5s' });
// @ts-expect-error: there is no such option
app.close({ kill: true });
// @ts-expect-error: the arguments are strings
app.run(['program', 1]);
// @ts-expect-error: there is no such figure
app.stats().threads;
// @ts-expect-error: the contents are text or bytes
app.files!.write('/a', 7);
// @ts-expect-error: figures are for reading
app.stats().tasks = 0;
// @ts-expect-error: an export of the module is nothing that could be called before it is known to be
app.exports.memory();

// Observers.
const stop = await app.observe({
  taskSpawned: (task) => expect<TaskInfo>()(task),
  beforeSlice(task) {
    expect<string | null>()(task.waitingOn);
  },
  afterSlice() {},
  taskEnded: ({ parent }) => expect<number | null>()(parent),
});
expect<() => void>()(stop);

// @ts-expect-error: there is no such hook
await app.observe({ taskStarted() {} });
// @ts-expect-error: a hook is a function
await app.observe({ taskEnded: true });
// @ts-expect-error: a hook gets one task
await app.observe({ taskEnded: (task: TaskInfo, why: string) => why });
// @ts-expect-error: observe promises the function that ends it
(app.observe({}) satisfies () => void);

// Errors.
const error = new LullError('ERR_LULL_FAILED', 'no', { cause: 1, task: { id: 1, name: 'a' } });
error satisfies Error;
expect<readonly unknown[] | undefined>()(error.errors);
expect<{ readonly id: number; readonly name: string } | undefined>()(error.task);
for (const wait of error.waits ?? []) wait satisfies Wait;
if (error.code === 'ERR_LULL_DEADLOCK') expect<'ERR_LULL_DEADLOCK'>()(error.code);

// @ts-expect-error: there is no such code
error.code === 'ERR_LULL_NOWHERE';
// @ts-expect-error: nor can one be made
new LullError('ERR_LULL_NOWHERE');
// @ts-expect-error: the task may be none
error.task.id;

// Without the types of the program: everything is allowed.
const untyped = await loadAny('./app.wasm', { host: { whatever() {} } });
expect<any>()(await untyped.call.whatever(1, 'two'));
const typed: App<Program> = await loadAny(new URL('./app.wasm', import.meta.url), { host });
expect<Promise<bigint>>()(typed.call.twice(2n));

// @ts-expect-error: a number is no source
await loadAny(1);
// @ts-expect-error: with a program, its host functions are needed
await (loadAny satisfies (source: URL, options: { host: {} }) => Promise<App<Program>>);
