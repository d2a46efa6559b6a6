/** SQLite: its shell and its benchmark by its own build system, and queries that wait for their storage. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../node/index.js';
import { VirtualClock } from '../../js/testing.js';
import { sourcesOf } from './sources.js';
import { lull, natively, shell } from './support.js';
import { noTerminal, terminal } from './terminal.js';

const SCRIPT = `
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE, c REAL) STRICT;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
  INSERT INTO t SELECT i, 'row ' || i, i * 1.5 FROM n;
SELECT count(*), sum(a), max(b), printf('%.3f', avg(c)) FROM t;
INSERT INTO t VALUES (7, 'again', 0);
INSERT INTO t VALUES (NULL, 'text', 'no number');
BEGIN; DELETE FROM t; ROLLBACK;
PRAGMA journal_mode = TRUNCATE;
UPDATE t SET b = b || '!' WHERE a % 2;
DELETE FROM t WHERE a > 4000;
VACUUM;
ATTACH ':memory:' AS other;
CREATE TABLE other.words AS SELECT value AS word FROM json_each('["one", "two", "three"]');
.mode box
SELECT word, row_number() OVER (ORDER BY word) AS n FROM words;
.mode csv
SELECT a, b, c FROM t WHERE b GLOB '*9!' LIMIT 3;
.schema t
.backup copy.db
PRAGMA integrity_check;
EXPLAIN QUERY PLAN SELECT * FROM t WHERE b = 'row 2';
SELECT * FROM nowhere;
SELECT datetime(0, 'unixepoch'), typeof(x'00'), hex(sha3('a')) FROM t LIMIT 1;
`;

const CONFIGURE =
  './configure --disable-shared --disable-tcl --disable-readline --disable-threadsafe --disable-load-extension';
const LIBRARY = '-O1 -w -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_OMIT_LOAD_EXTENSION';

describe('SQLite', () => {
  /** @type {string | false} */
  let skip = false;
  /** Its sources, and the programs that each test has built for the next. */
  const folder = sourcesOf({ after, skip: (why) => { skip = why; } }, 'sqlite3', ['cc', 'make', 'tclsh']) ?? '';

  test('the shell by ./configure and make prints the same as the native build', { skip }, async () => {
    writeFileSync(join(folder, 'script.sql'), SCRIPT);
    await shell(folder, `${CONFIGURE} CFLAGS=-O1 && make sqlite3`);
    await natively(folder, `cc ${LIBRARY} -O0 -c sqlite3.c -o native.o
      cc ${LIBRARY} -O0 -I. shell.c native.o -lm -o native
      cc ${LIBRARY} -O0 -I. test/speedtest1.c native.o -lm -o native-speedtest1`);
    /** @param {string} program */
    const printed = (program) => shell(folder, `rm -f app.db copy.db
      ${program} app.db < script.sql 2>&1 || echo status $?
      ${program} copy.db 'SELECT count(*), sum(a) FROM t'`);
    const expected = await printed('./native');
    assert.match(expected, /^5000\|12502500/);
    assert.match(expected, /\n4000\|8002000\n$/);
    assert.equal(await printed('./sqlite3'), expected);
  });

  test('the shell at a prompt: queries, an error, Ctrl-D', { skip: skip || noTerminal }, async (t) => {
    const { type, until } = await terminal(t, folder, './sqlite3');
    await until(/\nsqlite>$/);
    await type(`'create table t(x, y);' Enter`);
    await until(/t\(x, y\);\nsqlite>$/);
    await type(`'insert into t values (1, 2), (3, 4);' Enter`);
    await until(/4\);\nsqlite>$/);
    await type(`'select sum(x * y)' Enter`);
    await until(/\n {3}\.\.\.>$/);
    await type(`'from t;' Enter`);
    await until(/from t;\n14\nsqlite>$/);
    await type(`'select nothing;' Enter`);
    await until(/near "nothing": syntax error(\n.*)*\nsqlite>$/);
    await type('C-d');
    assert.match(await until(/it ended with \d+$/), /it ended with 1$/); // by the error
  });

  test('speedtest1 comes to the same results', { skip }, async () => {
    await shell(folder, `lull-cc ${LIBRARY} -c sqlite3.c -o sqlite3-library.o
      lull-cc ${LIBRARY} -I. test/speedtest1.c sqlite3-library.o -o speedtest1`);
    const [native, own] = await Promise.all(['./native-speedtest1', './speedtest1'].map(async (program) => {
      const text = await shell(folder, `${program} --size 4 --verify`);
      return /Verification Hash: .*/.exec(text)?.[0] ?? text;
    }));
    assert.match(native, /^Verification Hash: \d+ [0-9a-f]+$/);
    assert.equal(own, native);
  });

  test('examples/sqlite: a hundred readers wait at once inside sqlite3_step', { skip }, async () => {
    cpSync(fileURLToPath(new URL('../../examples/sqlite', import.meta.url)), folder, { recursive: true });
    await shell(folder, `./sqlite3 library.db < library.sql
      ${lull} build -Wall -Wextra -O1 -I. queries.c sqlite3-library.o -o queries.wasm`);
    const bytes = readFileSync(join(folder, 'library.db'));

    const clock = new VirtualClock();
    let waiting = 0;
    let most = 0;
    let offline = false;
    const read = async (/** @type {number} */ offset, /** @type {number} */ length) => {
      waiting += 1;
      most = Math.max(most, waiting);
      await new Promise((resolve) => clock.arm(() => resolve(undefined), 1));
      waiting -= 1;
      if (offline) throw new RangeError('the storage is offline');
      return bytes.subarray(offset, offset + length);
    };
    const app = await load(join(folder, 'queries.wasm'), {
      clock,
      host: {
        storage_size: () => bytes.length,
        read_storage: (/** @type {string} */ _, /** @type {number} */ offset, /** @type {number} */ length) =>
          read(offset, length),
      },
    });
    /** @param {string} sql @param {unknown[]} values @param {object} [options] */
    const query = async (sql, values, options) => {
      const rows = [];
      for await (const row of app.stream('rows', ['library', sql, JSON.stringify(values)], options)) {
        rows.push(JSON.parse(String(row)));
      }
      return rows;
    };

    const sql = `SELECT title, author, price, cover, NULL AS empty FROM book JOIN author USING (author_id)
      WHERE year = ?1 AND title <> ?2 ORDER BY price`;
    const years = Array.from({ length: 100 }, (_, i) => 1800 + i);
    const results = await clock.until(Promise.all(years.map((year) => query(sql, [year, 'Book "1000"']))));
    assert.equal(most, 100);
    assert.deepEqual(results.map((rows) => rows.length), years.map((year) => (year === 1800 ? 99 : 100)));
    assert.deepEqual(results[0][0], {
      title: 'Book "200"', author: 'Author 301', price: 25, cover: '000000', empty: null,
    });

    await assert.rejects(clock.until(query('SELECT nowhere FROM book', [])), {
      message: /library: no such column: nowhere/,
    });
    await assert.rejects(clock.until(query('SELECT ?1', [1, 2])), { message: /library: column index out of range/ });
    assert.deepEqual(await clock.until(query('-- nothing', [])), []);
    const control = new AbortController();
    const cancelled = query('SELECT count(*) FROM book, book', [], { signal: control.signal });
    setImmediate(() => control.abort());
    await assert.rejects(clock.until(cancelled), { name: 'AbortError' });
    offline = true;
    await assert.rejects(clock.until(query(sql, [1800, ''])), new RangeError('the storage is offline'));
    assert.deepEqual([...app.tasks()], []);
    await app.close();
  });
});
