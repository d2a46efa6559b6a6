/**
 * Real programs, unmodified, built by their own build systems with `lull cc`: they print the same
 * as the native build, or pass their own tests.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sourcesOf } from './sources.js';

/** Server and cache of this file's own: a build of forty files loads the compiler once. */
const cache = mkdtempSync(join(tmpdir(), 'lull-programs-'));
/** A path with the tools as programs of one word. */
const tools = join(cache, 'tools');
mkdirSync(tools);
for (const name of ['cc', 'c++', 'ar', 'ranlib', 'nm']) {
  symlinkSync(fileURLToPath(new URL(`../../cli/tools/lull-${name}.js`, import.meta.url)), join(tools, `lull-${name}`));
}
const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));
const env = {
  ...process.env, PATH: `${tools}:${process.env.PATH}`, LULL_CC: 'clang', LULL_SERVER: '', XDG_CACHE_HOME: cache,
  CC: 'lull-cc', CXX: 'lull-c++', AR: 'lull-ar', RANLIB: 'lull-ranlib', NM: 'lull-nm',
};
after(async () => {
  await promisify(execFile)(process.execPath, [cli, 'server', 'stop'], { env }).catch(() => {});
  rmSync(cache, { recursive: true, force: true });
});

/**
 * Run a command line of a shell; an error has its output.
 *
 * @param {string} cwd
 * @param {string} line
 * @param {Record<string, string | undefined>} [variables]
 */
async function shell(cwd, line, variables = env) {
  const run = promisify(execFile)('sh', ['-ec', line], { cwd, env: variables, maxBuffer: 1 << 26 });
  const { stdout } = await run.catch((error) => {
    throw new Error(`${line}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

const SCRIPT = `
-- Errors are jumps: across functions, metamethods, coroutines, sort and gsub.
local function try(f, ...) print(pcall(f, ...)) end
try(error, 'thrown')
print(select(2, pcall(error, { code = 7 })).code)
try(function() local x = nil; return x.field end)
try(function() return setmetatable({}, { __index = function(_, k) error('no ' .. k, 0) end }).thing end)
try(table.sort, { 3, 1, 2, 5, 4 }, function(a, b) if a == 4 then error('four', 0) end return a < b end)
try(string.gsub, 'abc', '.', function(c) if c == 'b' then error('b!', 0) end return c:upper() end)
print(xpcall(function() error('deep', 0) end, function(m) return m .. ' handled' end))
local depth = 0
local function down() depth = depth + 1; return 1 + down() end
print((select(2, pcall(down)):match('stack overflow')))
local co = coroutine.wrap(function(a)
  local ok, b = pcall(function() return coroutine.yield(a * 2) + 1 end)
  local _, m = pcall(error, 'inside')
  return ok, b, m
end)
print(co(21)); print(co(8))
print(coroutine.resume(coroutine.create(function() error('in a coroutine', 0) end)))
do local t <close> = setmetatable({}, { __close = function() print('closed') end }) end
-- The library.
print(string.format('%5.2f|%-6s|%q|%x|%g', 3.14159, 'ab', 'a\\n"b"', 255, 1e100), ('x'):rep(3, ','))
print(#string.pack('<i4z', 7, 'hi'), string.unpack('<i4', '\\1\\0\\0\\0'))
print(math.maxinteger // -1, 7 // 2, -7 % 3, 7.5 // 2, 1 << 62, math.type(2^53), tostring(0/0):gsub('-', ''))
local words = {}
for w in ('the quick brown fox'):gmatch('%a+') do words[#words + 1] = w end
table.sort(words); print(table.concat(words, ' '), select('#', table.unpack(words)))
print(load('return 1 +')); print(load('local a <const> = 1; a = 2'))
local sum = 0
for i = 1, 200000 do local t = { i, tostring(i) }; sum = sum + #t[2] end
collectgarbage(); print(sum)
local f = assert(io.open('lull.txt', 'w')); f:write('one\\ntwo\\n', 3, '\\n'); f:close()
for line in io.lines('lull.txt') do io.write('[', line, ']') end print()
print(io.open('missing/file')); os.remove('lull.txt'); print(io.open('lull.txt'))
print(utf8.char(228, 8364, 128512), utf8.len('äö'), os.date('!%Y-%m-%d', 86400))
`;

test('Lua 5.4 by its makefile: errors, coroutines and the library are as in the native build', async (t) => {
  const folder = sourcesOf(t, 'lua5.4');
  if (!folder) return;
  writeFileSync(join(folder, 'script.lua'), SCRIPT);
  await shell(folder, 'make -C src generic CC=cc AR="ar rcu" RANLIB=ranlib && mv src/lua native && make -C src clean',
    process.env);
  await shell(folder, 'make -C src generic CC="lull-cc -std=gnu99" AR="lull-ar rcu" RANLIB=lull-ranlib');
  const expected = await shell(folder, './native script.lua');
  assert.ok(expected.split('\n').length > 20, expected);
  assert.equal(await shell(folder, 'src/lua script.lua'), expected);
  assert.equal(await shell(folder, 'echo "print(6 * 7)" | src/lua -'), '42\n');
});

test('bzip2 by its makefile: its own tests pass', async (t) => {
  const folder = sourcesOf(t, 'bzip2');
  if (!folder) return;
  const printed = await shell(folder, 'make test CC=lull-cc AR=lull-ar RANLIB=lull-ranlib');
  assert.match(printed, /If you got this far and the 'cmp's didn't complain/);
});

test('zlib by configure and make: its own tests pass', async (t) => {
  const folder = sourcesOf(t, 'zlib');
  if (!folder) return;
  await shell(folder, './configure --static');
  assert.match(await shell(folder, 'make test'), /\*\*\* zlib test OK \*\*\*/);
});
