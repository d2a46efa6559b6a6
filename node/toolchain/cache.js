/** A cache on disk: results by the parts that they depend on, each with its digest behind it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/**
 * Where results are kept.
 *
 * @param {Record<string, string | undefined>} [env]
 */
export const cacheFolder = (env = process.env) => join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lull');

/** Results that the package brings along, compressed: scripts/pack-runtime.js. See D96. */
const shipped = fileURLToPath(new URL('../../build/package/', import.meta.url));

/**
 * A name for a result, from everything that it depends on.
 *
 * @param {Iterable<string | Uint8Array>} parts
 */
export function keyOf(parts) {
  const hash = createHash('sha256');
  // The length first: otherwise 'ab', 'c' would be 'a', 'bc'.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

const DAY = 24 * 3600 * 1000;

/** How long a result is kept that is not used, in milliseconds. */
const KEPT = 30 * DAY;

/** The names of results, of texts, and of folders with unpacked files. */
const ENTRY = /\.(wasm|txt)|^(clang|runtime)-/;

/** Bytes of a digest. */
const DIGEST = 32;

/** @param {Uint8Array} bytes */
const digestOf = (bytes) => createHash('sha256').update(bytes).digest();

const unpack = promisify(brotliDecompress);

/**
 * The result in a file; undefined if the file is missing, cut short or changed.
 *
 * @param {string} file
 */
export async function readResult(file) {
  const found = await readFile(file).then((bytes) => (file.endsWith('.br') ? unpack(bytes) : bytes), () => undefined);
  if (!found) return undefined;
  const result = found.subarray(0, -DIGEST);
  return digestOf(result).equals(found.subarray(-DIGEST)) ? new Uint8Array(result) : undefined;
}

/**
 * The cached result, or one made now. A cache that cannot be written does not fail the build.
 *
 * @param {string} cache its folder
 * @param {Iterable<string | Uint8Array>} parts
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} make
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function cached(cache, parts, make) {
  const name = `${keyOf(parts)}.wasm`;
  const kept = join(cache, name);
  const found = await readResult(kept);
  if (found) await use(kept).catch(() => {}); // a cache may be there to be read only
  const known = found ?? await readResult(join(shipped, `${name}.br`));
  if (known) return known;
  const made = await make();
  await writeResult(cache, name, made).catch(() => {}); // the next run makes it again
  await removeUnused(cache).catch(() => {});
  return made;
}

/**
 * Keep a text under a key.
 *
 * @param {string} folder
 * @param {string} key
 * @param {string} value
 * @returns {Promise<string | undefined>} the text that was there; also undefined where the cache cannot be written
 */
export async function remember(folder, key, value) {
  const file = join(folder, `${keyOf([key])}.txt`);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === value) return before;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, value);
  } catch {
    return undefined; // it would be said of every build
  }
  return before;
}

/** Note that an entry is used, each day once. @param {string} file */
export async function use(file) {
  if (Date.now() - (await stat(file)).mtimeMs > DAY) await utimes(file, new Date(), new Date());
}

/** Remove entries that nobody has used for long, each day once. @param {string} cache */
async function removeUnused(cache) {
  const cleaned = join(cache, 'cleaned');
  const last = await stat(cleaned).then(({ mtimeMs }) => mtimeMs, () => 0);
  if (Date.now() - last < DAY) return;
  await writeFile(cleaned, '');
  for (const name of await readdir(cache)) {
    const file = join(cache, name);
    if (ENTRY.test(name) && Date.now() - (await stat(file)).mtimeMs > KEPT) {
      await rm(file, { force: true, recursive: true });
    }
  }
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Uint8Array} result
 */
export async function writeResult(folder, name, result) {
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  // Renamed when it is complete, so that no other process reads half of it.
  const made = `${file}.${randomUUID()}`;
  await writeFile(made, [result, digestOf(result)]);
  await rename(made, file);
}
