/** A cache on disk: results by the parts that they depend on, each with its digest behind it. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where results are kept. */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lull');

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

/** Bytes of a digest. */
const DIGEST = 32;

/** @param {Uint8Array} bytes */
const digestOf = (bytes) => createHash('sha256').update(bytes).digest();

/**
 * The result in a file; undefined if the file is missing, cut short or changed.
 *
 * @param {string} file
 */
async function readResult(file) {
  const found = await readFile(file).catch(() => undefined);
  if (!found) return undefined;
  const result = found.subarray(0, -DIGEST);
  return digestOf(result).equals(found.subarray(-DIGEST)) ? new Uint8Array(result) : undefined;
}

/**
 * The cached result, or one made now. A cache that cannot be written does not fail the build.
 *
 * @param {Iterable<string | Uint8Array>} parts
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} make
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function cached(parts, make) {
  const file = join(cacheFolder(), `${keyOf(parts)}.wasm`);
  const found = await readResult(file);
  if (found) return found;
  const made = await make();
  try {
    await mkdir(cacheFolder(), { recursive: true });
    // Renamed when it is complete, so that no other process reads half of it.
    await writeFile(`${file}.${process.pid}`, [made, digestOf(made)]);
    await rename(`${file}.${process.pid}`, file);
  } catch {
    // The next run makes it again.
  }
  return made;
}

/**
 * Keep a text under a key.
 *
 * @param {string} key
 * @param {string} value
 * @returns {Promise<string | undefined>} the text that was there; also undefined where the cache cannot be written
 */
export async function remember(key, value) {
  const file = join(cacheFolder(), `${keyOf([key])}.txt`);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === value) return before;
  try {
    await mkdir(cacheFolder(), { recursive: true });
    await writeFile(file, value);
  } catch {
    return undefined; // it would be said of every build
  }
  return before;
}
