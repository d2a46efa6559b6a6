/** Values between JavaScript and C, in both directions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, turn, withApp } from './support.js';

const i64 = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
const u64 = [0n, 1n, 2n ** 64n - 1n, 2n ** 63n];
const integers = (least, most) => [0, 1, least, most, Math.trunc(most / 2)];
const i8 = integers(-128, 127), u8 = integers(0, 255), i16 = integers(-32768, 32767), u16 = integers(0, 65535);
const i32 = integers(-(2 ** 31), 2 ** 31 - 1), u32 = integers(0, 2 ** 32 - 1);

const bytesOf = (length) => Uint8Array.from({ length }, (_, i) => i * 7);

/** @type {Record<string, [type: string, values: unknown[]]>} */
const types = {
  bool: ['bool', [true, false]],
  char: ['char', i8], schar: ['signed char', i8], uchar: ['unsigned char', u8],
  short: ['short', i16], ushort: ['unsigned short', u16],
  int: ['int', i32], unsigned: ['unsigned', u32], unsigned_int: ['unsigned int', u32],
  long: ['long', i32], ulong: ['unsigned long', u32],
  llong: ['long long', i64], ullong: ['unsigned long long', u64],
  int8: ['int8_t', i8], uint8: ['uint8_t', u8], int16: ['int16_t', i16], uint16: ['uint16_t', u16],
  int32: ['int32_t', i32], uint32: ['uint32_t', u32], int64: ['int64_t', i64], uint64: ['uint64_t', u64],
  size: ['size_t', u32],
  float: ['float', [0, -0, 1.5, NaN, Infinity, -Infinity, Math.fround(0.1), 2 ** -149]],
  double: ['double', [0, -0, 0.1, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53]],
  text: ['const char *', ['', 'a', 'äöü ß', '日本語', '👩‍🚀 astral 𝒳', '\u0001\u007f', '\ufeffmark', 'x'.repeat(100_000)]],
  bytes: ['lull_bytes', [bytesOf(0), bytesOf(1), bytesOf(7), bytesOf(1 << 20), bytesOf(100).subarray(3, 50)]],
  ref: ['lull_ref', [undefined, null, 0, '', 'text', Symbol.iterator, { a: 1 }, [1], () => 1, NaN, new Map()]],
};
const results = { text: 'char *' };

/** What is wrong for a type, and what it must be. */
const i8Wanted = 'an integer from -128 to 127', u8Wanted = 'an integer from 0 to 255';
const i16Wanted = 'an integer from -32768 to 32767', u16Wanted = 'an integer from 0 to 65535';
const i32Wanted = 'an integer from -2147483648 to 2147483647', u32Wanted = 'an integer from 0 to 4294967295';
const i64Wanted = 'a bigint from -9223372036854775808 to 9223372036854775807',
  u64Wanted = 'a bigint from 0 to 18446744073709551615';
/** @type {Record<string, [wanted: string, ...wrong: [value: unknown, shown: string][]]>} */
const wrong = {
  bool: ['a boolean', [1, '1'], [undefined, 'undefined'], ['true', '"true"']],
  char: [i8Wanted, [128, '128'], [-129, '-129'], ['a', '"a"']],
  uchar: [u8Wanted, [256, '256'], [-1, '-1']],
  int16: [i16Wanted, [32768, '32768'], [-32769, '-32769']],
  uint16: [u16Wanted, [65536, '65536'], [-1, '-1']],
  int: [
    i32Wanted, [2 ** 31, '2147483648'], [-(2 ** 31) - 1, '-2147483649'], [1.5, '1.5'], [NaN, 'NaN'], [1n, '1n'],
    ['1', '"1"'], [null, 'null'], [{}, 'an object (Object)'], [() => 1, 'a function'], [Symbol('s'), 'Symbol(s)'],
  ],
  unsigned: [u32Wanted, [2 ** 32, '4294967296'], [-1, '-1']],
  int64: [i64Wanted, [1, '1'], [2n ** 63n, '9223372036854775808n'], [-(2n ** 63n) - 1n, '-9223372036854775809n']],
  uint64: [u64Wanted, [2n ** 64n, '18446744073709551616n'], [-1n, '-1n']],
  float: ['a number', ['1', '"1"'], [1n, '1n']],
  double: ['a number', [undefined, 'undefined'], [null, 'null']],
  text: ['a string without NUL', [null, 'null'], [5, '5'], ['a\0b', '"a\\u0000b"'], [[], 'an object (Array)']],
  bytes: [
    'a Uint8Array that is not detached', [[1, 2], 'an object (Array)'],
    [new ArrayBuffer(4), 'an object (ArrayBuffer)'], ['text', '"text"'],
    [new Uint16Array(2), 'an object (Uint16Array)'],
  ],
};

const returnIt = (value) => value;
const host = Object.fromEntries([...Object.keys(types), 'void', 'many'].map((name) => [`host_${name}`, returnIt]));
const later = Object.fromEntries(
  Object.keys(host).map((name) => [
    name,
    async (value) => {
      await turn();
      return value;
    },
  ]),
);
const options = { fixture: 'boundary', host };

for (const cc of compilers) {
  describe(cc, () => {
    for (const [name, [type, values]] of Object.entries(types)) {
      test(`${type} into a task and back`, () => withApp({ ...options, cc }, async (app, clock) => {
        for (const value of values) assert.deepEqual(await clock.until(app.call[`task_${name}`](value)), value);
      }));

      test(`${type} into a host function and back, at once`, () => withApp({ ...options, cc }, async (app, clock) => {
        for (const value of values) assert.deepEqual(await clock.until(app.call[`both_${name}`](value)), value);
      }));

      test(`${type} into a host function and back, later`, () =>
        withApp({ ...options, cc, host: later }, async (app) => {
          assert.deepEqual(await Promise.all(values.map((value) => app.call[`both_${name}`](value))), values);
        }));
    }
  });
}

for (const [name, [wanted, ...cases]] of Object.entries(wrong)) {
  const [type] = types[name];
  test(`${type}: a wrong argument is a TypeError that says so`, () => withApp(options, async (app) => {
    for (const [value, shown] of cases) {
      const message = `task_${name}: argument 1, 'value' (${type}), must be ${wanted}, not ${shown}`;
      await assert.rejects(app.call[`task_${name}`](value), { name: 'TypeError', message });
      assert.throws(() => app.spawn(`task_${name}`, [value]), { name: 'TypeError', message });
    }
    assert.equal(app.stats().spawned, 0);
  }));

  test(`${type}: a wrong result of a host function is a TypeError that says so`, async () => {
    for (const [value, shown] of cases) {
      for (const result of [() => value, async () => value]) {
        await withApp({ ...options, host: { ...host, [`host_${name}`]: result } }, async (app, clock) => {
          const message = `host function host_${name} (${results[name] ?? type}) must return ${wanted}, not ${shown}`;
          await assert.rejects(clock.until(app.call[`both_${name}`](types[name][1][0])), {
            name: 'TypeError',
            message,
          });
        });
      }
    }
  });
}

test('a wrong number of arguments is a TypeError that says so', () => withApp(options, async (app) => {
  await assert.rejects(app.call.task_int(), {
    name: 'TypeError',
    message: 'task_int(int value) takes 1 argument, not 0',
  });
  await assert.rejects(app.call.task_text('a', 'b'), {
    name: 'TypeError',
    message: 'task_text(const char * value) takes 1 argument, not 2',
  });
  await assert.rejects(app.call.no_arguments(1), {
    name: 'TypeError',
    message: 'no_arguments() takes 0 arguments, not 1',
  });
  assert.throws(() => app.spawn('many', [true]), {
    name: 'TypeError',
    message: 'many(bool a, int8_t b, const char * c, lull_bytes d, int64_t e, double f, lull_ref g, uint32_t h) '
      + 'takes 8 arguments, not 1',
  });
}));

test('eight arguments of all sorts cross together', async () => {
  const given = [];
  const host_many = (...all) => { given.push(...all); return 'all'; };
  await withApp({ ...options, host: { ...host, host_many } }, async (app, clock) => {
    const thing = {};
    const values = [true, -5, 'text', bytesOf(9), -(2n ** 40n), 0.25, thing, 4_000_000_000];
    assert.equal(await clock.until(app.call.many(...values)), 'all');
    assert.deepEqual(given, values);
    assert.equal(given[6], thing);
  });
});

test('an object keeps its identity', () => withApp(options, async (app, clock) => {
  const thing = { key: {} };
  assert.equal(await clock.until(app.call.task_ref(thing)), thing);
  assert.equal(await clock.until(app.call.both_ref(thing)), thing);
}));

test('the reference 0 is undefined', () => withApp(options, async (app, clock) => {
  assert.equal(await clock.until(app.call.no_ref()), undefined);
}));

test('void is undefined, whatever the host function returns', () =>
  withApp({ ...options, host: { ...host, host_void: () => 5 } }, async (app, clock) => {
    assert.equal(await clock.until(app.call.task_void()), undefined);
  }));

test('NULL text is null', () =>
  withApp({ ...options, host: { ...host, host_text: (value) => `${value}` } }, async (app, clock) => {
    assert.equal(await clock.until(app.call.null_text()), null);
    assert.equal(await clock.until(app.call.give_null_text()), 'null');
  }));

test('static text stays', () => withApp(options, async (app, clock) => {
  for (let i = 0; i < 3; i++) assert.equal(await clock.until(app.call.static_text()), 'static');
}));

test('bytes of NULL are empty', () => withApp(options, async (app, clock) => {
  assert.deepEqual(await clock.until(app.call.null_bytes()), new Uint8Array());
}));

test('a lone surrogate becomes the replacement character', () => withApp(options, async (app, clock) => {
  assert.equal(await clock.until(app.call.task_text('a\ud800b')), 'a\ufffdb');
}));

test('a Buffer is bytes', () => withApp(options, async (app, clock) => {
  assert.deepEqual(await clock.until(app.call.task_bytes(Buffer.from('abc'))), Uint8Array.of(97, 98, 99));
}));

test('C gets a copy of the bytes, and so does JavaScript', async () => {
  const seen = [];
  await withApp(
    { ...options, host: { ...host, host_bytes: (bytes) => { seen.push(bytes); return bytes; } } },
    async (app, clock) => {
      const bytes = bytesOf(100);
      assert.equal(await clock.until(app.call.write_into(bytes)), 100);
      assert.deepEqual(bytes, bytesOf(100));
      const result = await clock.until(app.call.both_bytes(bytes));
      seen[0].fill(0);
      assert.deepEqual(result, bytesOf(100));
    },
  );
});

test('bytes cross while the memory grows', () => withApp({ ...options, host: later }, async (app) => {
  const before = app.stats().memory;
  const bytes = bytesOf(1 << 20);
  const both = await Promise.all([20, 21, 22].map((megabytes) => app.call.grow_and_give(bytes, megabytes)));
  for (const result of both) assert.deepEqual(result, bytes);
  assert.ok(app.stats().memory > before);
}));

for (const [name, value] of Object.entries({ text: 'freed', bytes: bytesOf(100), ref: { released: true } })) {
  test(`what a host function returns to the task that it has killed is freed: ${name}`, async () => {
    let task;
    const kill = () => { task.kill(); return value; };
    await withApp({ ...options, host: { ...host, [`host_${name}`]: kill } }, async (app, clock) => {
      task = app.spawn(`both_${name}`, [value]);
      await assert.rejects(clock.until(task.result), { code: 'ERR_LULL_KILLED' });
      assert.equal(app.stats().references, 0);
    });
  });
}

test('a failed host call leaves its result alone', () =>
  withApp({ ...options, host: { ...host, host_int: () => { throw new Error('no'); } } }, async (app, clock) => {
    assert.equal(await clock.until(app.call.failed_result()), 0);
  }));

for (const [how, functions] of Object.entries({ 'at once': host, later })) {
  test(`text, bytes and references that cross over and over leave nothing (${how})`, () =>
    withApp({ ...options, host: functions }, async (app) => {
      const text = 'x'.repeat(50_000), bytes = bytesOf(50_000);
      const rounds = async (count) => {
        for (let i = 0; i < count; i++) {
          await Promise.all([
            app.call.task_text(text), app.call.both_text(text), app.call.task_bytes(bytes), app.call.both_bytes(bytes),
            app.call.task_ref({}), app.call.both_ref({}),
            app.spawn('task_text', [text], { name: 'named' }).result,
          ]);
        }
      };
      await rounds(5);
      const { references, allocations, memory } = app.stats();
      await rounds(300);
      const after = app.stats();
      assert.deepEqual([after.references, after.allocations, after.memory], [references, allocations, memory]);
      assert.equal(references, 0);
    }));
}

test('results that come after the task was cancelled leave nothing', () =>
  withApp({ ...options, host: later }, async (app) => {
    const rounds = async (count) => {
      for (let i = 0; i < count; i++) {
        const task = app.spawn('drop_results', ['x'.repeat(20_000), bytesOf(20_000), {}]);
        if (i % 2) await turn();
        await task.cancel();
        await turn();
      }
    };
    await rounds(10);
    const { allocations, memory } = app.stats();
    await rounds(500);
    const after = app.stats();
    assert.deepEqual([after.references, after.allocations, after.memory], [0, allocations, memory]);
  }));

test('a host function to which bytes are lent has a view of C', async () => {
  let borrowed;
  const host_bytes = (bytes) => { borrowed = bytes.buffer; return new Uint8Array(bytes); };
  host_bytes.lent = true;
  await withApp({ ...options, host: { ...host, host_bytes } }, async (app) => {
    assert.deepEqual(await app.call.both_bytes(bytesOf(5)), bytesOf(5));
    assert.equal(borrowed, app.exports.memory.buffer);
  });
});
