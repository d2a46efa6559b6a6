/** A new type that crosses is one row of the protocol and one codec: a copy of the sources is given a `lull_date`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compilers } from './support.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const TYPE = 'typedef struct lull_date {\n    double milliseconds;\n} lull_date;\n';
const ROW = 'XX(with, lull_date, lull_date, "", 8, "Date", 1, 1, 1)';
const CODEC = `
  lull_date: {
    wanted: 'a Date',
    fits: (value) => value instanceof Date,
    raw: Number,
    argument: (_, raw) => new Date(raw),
    take: ({ memory }, at) => new Date(memory.f64[at >> 3]),
    write({ memory }, at, value) { memory.f64[at >> 3] = Number(value); },
  },`;

const PROGRAM = `
#include <lull.h>

LULL_HOST(lull_date, round_up, (lull_date, date))

static lull_date days_after(lull_date date, int days)
{
    return (lull_date){date.milliseconds + 86400000.0 * days};
}

LULL_TASK(lull_date, tomorrow, (lull_date, date))
{
    return days_after(date, 1);
}

LULL_TASK(lull_date, rounded, (lull_date, date))
{
    lull_date rounded;
    lull_check(round_up(date, &rounded));
    return rounded;
}

LULL_GENERATOR(lull_date, days, (lull_date, first), (int, count))
{
    for (int i = 0; i < count; i++) lull_emit(days_after(first, i));
}

LULL_TASK(void, pass_on, (LULL_CHAN(lull_date), from), (LULL_CHAN(lull_date), to))
{
    lull_date date;
    lull_check(lull_receive(from, &date));
    lull_check(lull_send(to, &date));
}
`;

const TYPES = `export interface Program {
  tasks: {
    tomorrow(date: Date): Date;
    rounded(date: Date): Date;
    pass_on(from: Channel<Date>, to: Channel<Date>): void;
  };
  streams: {
    days(first: Date, count: number): Date;
  };
  host: {
    round_up(date: Date): Date;
  };
}`;

test('a new type that crosses is one row and one codec', { skip: compilers.length ? false : 'there is no compiler' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'lull-new-type-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const parts = [
      'src', 'js', 'node', 'web', 'cli', 'toolchain', 'scripts', 'tests/engines/engines.js', 'package.json',
      'tsconfig.json',
    ];
    for (const part of parts) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');

    const add = (/** @type {string} */ path, /** @type {RegExp} */ after, /** @type {string} */ text) => {
      const before = readFileSync(join(folder, path), 'utf8');
      assert.match(before, after);
      writeFileSync(join(folder, path), before.replace(after, (found) => found + text));
    };
    add('src/include/lull_boundary.h', /^typedef int32_t lull_ref;\n/m, TYPE);
    add('src/include/lull_protocol.h', /XX\(with, lull_ref, .*\)/, ` \\\n    ${ROW}`);
    add('js/marshal/codecs.js', /^export const CODECS = \{/m, CODEC);
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), LULL_SERVER: 'off' };
    const run = (/** @type {string[]} */ ...args) =>
      execFileSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
    run('scripts/generate-protocol.js');
    run('node_modules/typescript/bin/tsc', '-p', '.');

    writeFileSync(join(folder, 'dates.c'), PROGRAM);
    run('cli/cli.js', 'build', 'dates.c', '-o', 'dates.wasm', '--cc', compilers[compilers.length - 1]);
    const types = run('cli/cli.js', 'types', 'dates.wasm');
    assert.ok(types.includes(TYPES), types);
    assert.match(readFileSync(join(folder, 'js/marshal/element-types.d.ts'), 'utf8'), /^ {2}lull_date: Date;$/m);

    const day = (/** @type {number} */ number) => new Date(Date.UTC(2026, 0, number));
    const { load } = await import(pathToFileURL(join(folder, 'node/index.js')).href);
    const app = await load(join(folder, 'dates.wasm'), {
      host: { round_up: (/** @type {Date} */ date) => day(date.getUTCDate() + 1) },
    });
    assert.deepEqual(await app.call.tomorrow(day(1)), day(2));
    assert.deepEqual(await app.call.rounded(new Date(Date.UTC(2026, 0, 1, 12))), day(2));
    await assert.rejects(app.call.tomorrow(1), { message: /argument 1, 'date' \(lull_date\), must be a Date, not 1$/ });
    const streamed = [];
    for await (const date of app.stream('days', [day(1), 2])) streamed.push(date);
    assert.deepEqual(streamed, [day(1), day(2)]);
    const [from, to] = [app.channel('lull_date', { capacity: 1 }), app.channel('lull_date')];
    await from.send(day(3));
    const passed = app.call.pass_on(from, to);
    assert.deepEqual(await to.receive(), { value: day(3), done: false });
    await passed;
    await app.close();
  });
