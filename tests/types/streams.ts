import type { Channel, Task } from 'lull';
import { load } from './app.js';
import { expect } from './expect.js';

const app = await load({ host: { fetch_text: (url) => `${url}`, show() {} } });

// The elements of a generator.
const stream = app.stream('count', [3], { timeout: 5 });
for await (const element of stream) expect<bigint>()(element);
expect<Promise<IteratorResult<bigint>>>()(stream.return());
expect<ReadableStream<bigint>>()(stream.readable());
expect<Task<void>>()(stream.task);

expect<Promise<IteratorResult<bigint>>>()(app.stream('count', [3], { highWaterMark: 64 }).next());

// @ts-expect-error: the elements are bigints
for await (const element of stream) element satisfies number;
// @ts-expect-error: a task is no generator
app.stream('twice', [2n]);
// @ts-expect-error: a wrong argument
app.stream('count', ['3']);
// @ts-expect-error: there is no such option
app.stream('count', [3], { capacity: 1 });
// @ts-expect-error: a task has no elements
app.spawn('twice', [2n], { highWaterMark: 64 });
// @ts-expect-error: a stream is read by for await
for (const element of stream) void element;

// Channels have elements by the name of their type in C.
expect<Channel<number>>()(app.channel('int'));
expect<Channel<boolean>>()(app.channel('bool'));
expect<Channel<bigint>>()(app.channel('int64_t', { capacity: 8 }));
expect<Channel<string, string | null>>()(app.channel('char *'));
expect<Channel<Uint8Array>>()(app.channel('lull_bytes'));
expect<Channel<unknown>>()(app.channel('lull_ref'));

const numbers = app.channel('int');
expect<Promise<void>>()(numbers.send(1, { signal: AbortSignal.timeout(5) }));
expect<Promise<IteratorResult<number, void>>>()(numbers.receive());
expect<ReadableStream<number>>()(numbers.readable);
expect<WritableStream<number>>()(numbers.writable);
for await (const element of numbers) expect<number>()(element);
expect<Promise<Channel<bigint>>>()(app.call.doubled(numbers));
numbers.close();
using disposed = app.channel('double');
disposed satisfies Channel<number>;

// @ts-expect-error: C has no such type
app.channel('string');
// @ts-expect-error: const char * is no type of elements
app.channel('const char *');
// @ts-expect-error: a string into a channel of numbers
numbers.send('1');
// @ts-expect-error: a number into a channel of bigints
app.channel('int64_t').send(1);
// @ts-expect-error: a channel of strings where C takes one of int
app.call.doubled(app.channel('char *'));
// @ts-expect-error: an array is no channel
app.call.doubled([1, 2]);
// @ts-expect-error: the capacity is a number
app.channel('int', { capacity: 'all' });
// @ts-expect-error: the value may be missing: the channel may have been closed
(await numbers.receive()).value satisfies number;
