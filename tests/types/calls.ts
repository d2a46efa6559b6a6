import { load } from './app.js';
import { load as loadPlain } from './plain.js';
import { expect } from './expect.js';

const app = await load({ host: { fetch_text: (url) => `${url}`, show() {} } });

// A call takes what C takes, and promises what C returns.
expect<Promise<number>>()(app.call.text_length('https://example.org'));
expect<Promise<number>>()(app.call.add(1, 2.5));
expect<Promise<bigint>>()(app.call.twice(2n));
expect<Promise<boolean>>()(app.call.is_empty(new Uint8Array()));
expect<Promise<string | null>>()(app.call.echo('text'));
expect<Promise<unknown>>()(app.call.same({ any: 'value' }));
expect<Promise<void>>()(app.call.nothing());

// @ts-expect-error: a string is no number
app.call.add('1', 2);
// @ts-expect-error: a number is no bigint
app.call.twice(2);
// @ts-expect-error: a bigint is no number
app.call.add(1n, 2);
// @ts-expect-error: a string is no Uint8Array
app.call.is_empty('bytes');
// @ts-expect-error: null is no string
app.call.echo(null);
// @ts-expect-error: the second argument is missing
app.call.add(1);
// @ts-expect-error: one argument too many
app.call.nothing(1);
// @ts-expect-error: no task has this name
app.call.subtract(1, 2);
// @ts-expect-error: a generator is no task
app.call.count(3);
// @ts-expect-error: the result is a number
(await app.call.add(1, 2)) satisfies string;
// @ts-expect-error: what JavaScript gave to C comes back unknown
(await app.call.same('text')).length;
// @ts-expect-error: the tasks cannot be replaced
app.call.nothing = async () => {};

// spawn: the same with a name, a list of arguments, and options.
const { signal } = new AbortController();
const task = app.spawn('twice', [2n], { name: 'two', delay: 1, stackSize: 4096, timeout: 5, signal });
expect<Promise<bigint>>()(task.result);
expect<Promise<void>>()(task.cancel(new Error('no longer')));
expect<number>()(task.id);
expect<'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'>()(task.status);
task.throw(new Error('now'));
task.kill();
app.spawn('nothing');
await using disposed = app.spawn('nothing', []);
expect<Promise<void>>()(disposed.result);

// A handle is no thenable: awaiting it gives the handle.
expect<typeof task>()(await task);
// @ts-expect-error: and not the result
(await task) satisfies bigint;
// @ts-expect-error: a handle has no then
task.then(() => {});
// @ts-expect-error: no task has this name
app.spawn('subtract', [1, 2]);
// @ts-expect-error: a wrong argument
app.spawn('twice', [2]);
// @ts-expect-error: an argument is missing
app.spawn('add', [1]);
// @ts-expect-error: the arguments are a list
app.spawn('echo', 'text');
// @ts-expect-error: there is no such option
app.spawn('nothing', [], { priority: 1 });
// @ts-expect-error: a wrong option: a number of milliseconds
app.spawn('nothing', [], { timeout: '5s' });
// @ts-expect-error: a controller is no signal
app.spawn('nothing', [], { signal: new AbortController() });
// @ts-expect-error: the status is for reading
task.status = 'done';

// A program that needs nothing of the host.
const plain = await loadPlain();
expect<Promise<number>>()(plain.call.one());
await loadPlain({ host: {} });
// @ts-expect-error: each program has its own tasks
plain.call.add(1, 2);
// @ts-expect-error: it has no generator
plain.stream('count', [3]);
