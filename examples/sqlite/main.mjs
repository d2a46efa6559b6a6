/** Runs queries at once over a database whose bytes are behind promises: README.md says how. */
import { open } from 'node:fs/promises';
import { load } from './queries.js';

const [path, count = '100'] = process.argv.slice(2);
if (!path) throw new Error('usage: node main.mjs DATABASE [QUERIES]');
const file = await open(path);

/** Reads that wait at the moment, and the most that ever did. */
let waiting = 0;
let most = 0;

const app = await load({
  host: {
    storage_size: async () => (await file.stat()).size,
    // In a page: a fetch() with a Range, or a read of IndexedDB.
    read_storage: async (_name, offset, length) => {
      waiting += 1;
      most = Math.max(most, waiting);
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
      waiting -= 1;
      return buffer.subarray(0, bytesRead);
    },
  },
});

/**
 * @template Row
 * @param {string} sql
 * @param {...(string | number | null)} values for ?1, ?2 …
 * @returns {AsyncGenerator<Row>}
 */
async function* query(sql, ...values) {
  for await (const row of app.stream('rows', [path, sql, JSON.stringify(values)])) yield JSON.parse(row);
}

/** @typedef {{ title: string, author: string, year: number }} Book */

/** @param {number} from */
async function decade(from) {
  const titles = [];
  /** @type {AsyncGenerator<Book>} */
  const books = query(`SELECT title, author, year FROM book JOIN author USING (author_id)
    WHERE year BETWEEN ?1 AND ?1 + 9 ORDER BY year, title`, from);
  for await (const { title, author, year } of books) titles.push(`${year} ${author}: ${title}`);
  return titles;
}

const decades = await Promise.all(Array.from({ length: Number(count) }, (_, i) => decade(1800 + (i % 20) * 10)));
console.log(decades.flat().slice(0, 5).join('\n'));
console.log(`${decades.length} queries, ${decades.flat().length} rows; ${most} of them waited at once for storage`);
await app.close();
await file.close();
