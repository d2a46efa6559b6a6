/** The compile server: it does the work as its clients would have done it. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serverProgram } from '../../node/toolchain/packages.js';
import { cache, compilers, folderWith, lull, start } from './support.js';

const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));
const TASK = '#include <lull.h>\nLULL_TASK(int, twice, (int, n)) { return 2 * n; }\n';

/**
 * A folder with these files, and the environment of clients whose server is gone after the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} [files]
 */
function serverFor(t, files) {
  const cwd = folderWith(t, files);
  const env = { LULL_SERVER: '', LULL_CC: 'clang', XDG_CACHE_HOME: join(cwd, 'cache') };
  t.after(() => lull(['server', 'stop'], { env }));
  /** @param {string} line @param {Partial<Parameters<typeof lull>[1]>} [options] */
  const does = (line, options) => lull(line.split(' '), { cwd, env, ...options });
  return { cwd, env, does };
}

/** @param {string} text of `lull server` */
const pidIn = (text) => Number(/^process (\d+), \d+ MB/.exec(text)?.[1]);

describe('the compile server', {
  skip: compilers.includes('clang') && process.platform !== 'win32' ? false : 'there is no clang',
}, () => {
  test('works as its clients would: files, messages, statuses, stdin', async (t) => {
    const { cwd, does } = serverFor(t, {
      'app.c': TASK, 'src/bad.c': 'int f(void) { return nowhere; }\n', 'warn.c': 'int f(int n) { int x; return n; }\n',
    });
    /** @param {string} LULL_SERVER */
    const results = async (LULL_SERVER) => {
      const options = { env: { LULL_SERVER, LULL_CC: 'clang', XDG_CACHE_HOME: join(cwd, 'cache') } };
      return [
        await does('build app.c --cc clang -o app.wasm', options),
        await does('cc -Wall -c warn.c -o warn.o', options),
        await does('cc -c src/../src/bad.c', options),
        await does('cc -c nowhere.c', options),
        await does('cc -E -P -', { ...options, input: 'x = __LINE__\n' }),
        await does('ar rc /nowhere/lib.a app.o', options),
        await does('build app.c -o /nowhere/app.wasm', options),
        ...['app.wasm', 'app.js', 'app.d.ts', 'warn.o'].map((name) => readFileSync(join(cwd, name), 'latin1')),
      ];
    };
    const own = await results('off');
    assert.match((await does('server')).stdout, /^no compile server/);
    assert.deepEqual(await results(''), own);
    assert.ok(pidIn((await does('server')).stdout) > 0);
  });

  test('is one, also if many clients start it at once, and they all get their own', async (t) => {
    const names = [1, 2, 3, 4, 5, 6].map((n) => `f${n}`);
    const { cwd, does } = serverFor(t, Object.fromEntries(names.map((name) => [`${name}.c`, `int ${name};\n`])));
    const ran = await Promise.all(names.map((name) => does(`cc -c ${name}.c`)));
    assert.deepEqual(ran, names.map(() => ({ stdout: '', stderr: '', status: 0 })));
    for (const name of names) assert.ok(readFileSync(join(cwd, `${name}.o`), 'latin1').includes(name));
    const files = readdirSync(join(cwd, 'cache/lull/server'));
    assert.equal(files.length, 2, files.join()); // the socket, and the temporary files
    const pid = pidIn((await does('server')).stdout);
    assert.match((await does('doctor')).stdout, new RegExp(`^server +process ${pid}, `, 'm'));
  });

  test('outlives a crash of the compiler', async (t) => {
    const { does } = serverFor(t, { 'crash.c': '#pragma clang __debug llvm_fatal_error\n', 'app.c': TASK });
    const crashed = await does('cc -c crash.c');
    assert.notEqual(crashed.status, 0);
    assert.doesNotMatch(crashed.stderr, /compile server/);
    const { stdout } = await does('server');
    assert.deepEqual(await does('cc -c app.c'), { stdout: '', stderr: '', status: 0 });
    assert.equal(pidIn((await does('server')).stdout), pidIn(stdout));
  });

  test('stops the work of a client that is gone, and of no other', async (t) => {
    const { cwd, env, does } = serverFor(t, { 'app.c': TASK });
    await does('cc -c app.c');
    // They wait for their input, so they are at work until it ends.
    const [gone, stays] = [1, 2].map(() => start(['cc', '-E', '-P', '-'], { cwd, env }));
    const ended = once(gone, 'close');
    let state = '';
    while (!/, 2 at work/.test(state)) state = (await does('server')).stdout;
    gone.kill('SIGINT');
    assert.deepEqual(await ended, [null, 'SIGINT']);
    while (!/, 1 at work/.test(state)) state = (await does('server')).stdout;
    const closed = once(stays, 'close');
    stays.stdin.end('int stays;\n');
    assert.deepEqual(await closed, [0, null]);
    assert.match((await does('server')).stdout, /, idle$/m);
  });

  test('keeps no pipe of the client open that started it', async (t) => {
    const { cwd, env } = serverFor(t, { 'app.c': TASK });
    const script = `exec 4>&1 6>&1 9>&1; '${process.execPath}' '${cli}' cc -c app.c && echo done`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd, env: { ...process.env, ...env } });
    assert.equal(stdout, 'done\n'); // and the pipe has been closed
  });

  test('gives files the mode of the client', async (t) => {
    const { cwd, env, does } = serverFor(t, { 'app.c': TASK });
    await does('cc -c app.c');
    await promisify(execFile)('sh', ['-c', `umask 077; '${process.execPath}' '${cli}' cc -c app.c -o own.o
      '${process.execPath}' '${cli}' server stop`], { cwd, env: { ...process.env, ...env } });
    assert.deepEqual(['app.o', 'own.o'].map((name) => statSync(join(cwd, name)).mode & 0o077), [0o044, 0]);
  });

  test('takes the place of one that was killed', async (t) => {
    const { does } = serverFor(t, { 'app.c': TASK });
    await does('cc -c app.c');
    process.kill(pidIn((await does('server')).stdout), 'SIGKILL');
    let state = '';
    while (!state.startsWith('no')) state = (await does('server')).stdout;
    assert.deepEqual(await does('cc -c app.c'), { stdout: '', stderr: '', status: 0 });
    assert.ok(pidIn((await does('server')).stdout) > 0);
  });

  test('is not used where others could take its place, and not needed where it cannot be', async (t) => {
    const { cwd, env, does } = serverFor(t, { 'app.c': TASK, file: '' });
    mkdirSync(join(cwd, 'cache/lull/server'), { recursive: true });
    chmodSync(join(cwd, 'cache/lull/server'), 0o777);
    for (const XDG_CACHE_HOME of [env.XDG_CACHE_HOME, join(cwd, 'file'), join(cwd, 'c'.repeat(100))]) {
      const ran = await does('cc -c app.c', { env: { ...env, XDG_CACHE_HOME } });
      assert.deepEqual(ran, { stdout: '', stderr: '', status: 0 });
      assert.match((await does('server', { env: { ...env, XDG_CACHE_HOME } })).stdout, /^no compile server/);
    }
  });

  test('leaves when it has nothing to do, with all of its files', async (t) => {
    const { cwd } = serverFor(t);
    const env = { ...process.env, XDG_CACHE_HOME: join(cwd, 'cache'), LULL_SERVER_IDLE: '0.01' };
    assert.deepEqual(await once(spawn(process.execPath, [serverProgram], { env }), 'exit'), [0, null]);
    assert.deepEqual(readdirSync(join(cwd, 'cache/lull/server')), []);
  });

  test('builds for lull run', async (t) => {
    const { does } = serverFor(t, { 'app.c': '#include <stdio.h>\nint main(void) { return puts("ran") < 0; }\n' });
    assert.deepEqual(await does('run --cc clang app.c'), { stdout: 'ran\n', stderr: '', status: 0 });
    assert.ok(pidIn((await does('server')).stdout) > 0);
    const failed = await does('run --cc clang nowhere.c');
    assert.equal(failed.status, 1);
  });
});

test('lull server refuses unknown arguments', async () => {
  const ran = await lull(['server', 'go'], { env: { XDG_CACHE_HOME: cache } });
  assert.deepEqual(ran, { stdout: '', stderr: 'lull: lull server, or lull server stop\n', status: 2 });
});
