/** A cache of build results, keyed by all that they were made from. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lull');

/**
 * A name for everything that a result depends on.
 *
 * @param {Iterable<string | Uint8Array>} parts
 */
export function keyOf(parts) {
  const hash = createHash('sha256');
  // The length first: otherwise 'ab', 'c' would be 'a', 'bc'.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/**
 * What is cached under the key, or else is made now. A cache that cannot be written is none.
 *
 * @param {string} key
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} make
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function cached(key, make) {
  const file = join(folder(), `${key}.wasm`);
  const found = await readFile(file).catch(() => undefined);
  if (found) return found;
  const made = await make();
  try {
    await mkdir(folder(), { recursive: true });
    // Another process never sees half of it.
    await writeFile(`${file}.${process.pid}`, made);
    await rename(`${file}.${process.pid}`, file);
  } catch {
    // The next run makes it again.
  }
  return made;
}
