/** Lua: by its makefile, with its own test suite, and a thousand states as tasks. */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../node/index.js';
import { VirtualClock } from '../../js/testing.js';
import { sourcesOf } from './sources.js';
import { lull, natively, shell } from './support.js';
import { terminal } from './terminal.js';

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
-- The third result is the number of the error, which each C library has for itself.
print((select(2, io.open('missing/file')))); os.remove('lull.txt'); print((select(2, io.open('lull.txt'))))
local p = assert(io.popen('printf "a\\nb\\n"; exit 4'))
for line in p:lines() do io.write('<', line, '>') end print(p:close()); print(os.execute('exit 3'))
local w = assert(io.popen('tr a-z A-Z', 'w')); w:write('hello\\n'); print(w:close())
print(utf8.char(228, 8364, 128512), utf8.len('äö'), os.date('!%Y-%m-%d', 86400))
`;

const MAKE = 'CC="lull-cc -std=gnu99" AR="lull-ar rcu" RANLIB=lull-ranlib';

test('Lua 5.4 by its makefile: errors, coroutines, commands and the library are as in the native build', async (t) => {
  const folder = sourcesOf(t, 'lua5.4', ['cc', 'make']);
  if (!folder) return;
  writeFileSync(join(folder, 'script.lua'), SCRIPT);
  const flags = 'MYCFLAGS=-DLUA_USE_POSIX';
  await natively(folder, `make -C src generic ${flags} && mv src/lua native && make -C src clean`);
  await shell(folder, `make -C src generic ${flags} ${MAKE}`);
  const expected = await shell(folder, './native script.lua');
  assert.ok(expected.split('\n').length > 20, expected);
  assert.equal(await shell(folder, 'src/lua script.lua'), expected);
  assert.equal(await shell(folder, 'echo "print(6 * 7)" | src/lua -'), '42\n');
});

/** The files of Lua 5.1's test suite that the native build passes. */
const SUITE = `api attrib calls closure code constructs db errors events files gc literals locals nextvar sort strings
  vararg verybig`.split(/\s+/);
const WITH_TIMES = new Set(['files', 'sort']);

/** The suite asks for locales that are not there. musl's setlocale takes every name, and has the rules of C. */
const LOCALES = `local s = os.setlocale
  os.setlocale = function(name, ...) if not name or name == '' or name == 'C' then return s(name, ...) end end`;

test('the Lua interpreter at a prompt: lines, errors, what is incomplete, Ctrl-D', async (t) => {
  const folder = sourcesOf(t, 'lua5.4', ['tmux', 'make']);
  if (!folder) return;
  await shell(folder, `make -C src generic ${MAKE}`);
  const { type, until } = await terminal(t, folder, 'src/lua');
  await until(/^Lua 5\.4.*\n>$/);
  await type(`'6 * 7' Enter`);
  await until(/\n> 6 \* 7\n42\n>$/);
  await type(`'for i = 1, 3 do' Enter`);
  await until(/\n>>$/);
  await type(`'print(i) end' Enter`);
  await until(/\n1\n2\n3\n>$/);
  await type(`'error("wrong")' Enter`);
  await until(/wrong\nstack traceback:(\n.*)+\n>$/);
  await type(`'x = 1' BSpace '2' Enter`); // the terminal edits the line
  await until(/\n> x = 2\n>$/);
  await type(`'x' Enter`);
  await until(/\n> x\n2\n>$/);
  await type('C-d');
  assert.match(await until(/it ended with \d+$/), /it ended with 0$/);
});

test('Lua 5.1 by its makefile: its own test suite passes, and prints the same as in the native build', async (t) => {
  const folder = sourcesOf(t, 'lua5.1', ['cc', 'make']);
  // Debian has the suite in the sources of another implementation.
  const suite = sourcesOf(t, 'golang-github-yuin-gopher-lua');
  if (!folder || !suite) return;
  await natively(folder, 'make generic && mv src/lua native && make clean');
  await shell(folder, 'make generic CC=lull-cc AR="lull-ar rcu" RANLIB=lull-ranlib');
  writeFileSync(join(suite, 'locales.lua'), LOCALES);
  for (const name of SUITE) {
    const [native, own] = await Promise.all(['native', 'src/lua'].map((lua) =>
      shell(join(suite, '_lua5.1-tests'), `'${folder}/${lua}' -e "dofile('../locales.lua')" ${name}.lua 2>/dev/null`)));
    if (!WITH_TIMES.has(name)) assert.equal(own, native, name);
  }
});

test('examples/lua: a thousand scripts wait at once, in pcall, sort, metamethods and coroutines', async (t) => {
  const folder = sourcesOf(t, 'lua5.4', ['cc', 'make']);
  if (!folder) return;
  cpSync(fileURLToPath(new URL('../../examples/lua', import.meta.url)), folder, { recursive: true });
  await shell(folder, `make -C src a ${MAKE}`);
  await shell(folder, `${lull} build -Wall -Wextra -Isrc scripts.c src/liblua.a -o scripts.wasm`);

  const clock = new VirtualClock();
  const app = await load(join(folder, 'scripts.wasm'), {
    clock, host: { fetch_text: async (/** @type {string} */ url) => `<${url}>` },
  });
  const script = `
    local n = tonumber(...)
    local log = {}
    local function wait(what) sleep(n / 1000); log[#log + 1] = what end
    assert(not pcall(function() wait('pcall'); error('thrown', 0) end))
    table.sort({ 2, 1 }, function(a, b) wait('sort'); return a < b end)
    local object = setmetatable({}, { __index = function(_, key) wait('index'); return key end })
    local co = coroutine.wrap(function() coroutine.yield(object.key); wait('coroutine') end)
    local key = co(); log[#log + 1] = key; co()
    return n .. ' ' .. table.concat(log, ' ') .. ' ' .. fetch('page')
  `;
  const calls = Array.from({ length: 1000 }, (_, n) => app.call.run(script, String(n)));
  const results = await clock.until(Promise.all(calls));
  // The slowest script waits some five times: 999 ms each.
  assert.ok(clock.now() < 999 * 10, `${clock.now()} ms`);
  results.forEach((text, n) => {
    assert.match(String(text), new RegExp(`^${n} pcall (sort )+index key coroutine <page>$`));
  });
  await assert.rejects(clock.until(app.call.run("error('no such page', 0)", '')), { message: /no such page/ });
  await app.close();
});
