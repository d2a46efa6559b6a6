/** A cache on disk: results by the parts that they depend on. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lull');

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

/**
 * The cached result, or one made now. A cache that cannot be written does not fail the build.
 *
 * @param {Iterable<string | Uint8Array>} parts
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} make
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function cached(parts, make) {
  const file = join(folder(), `${keyOf(parts)}.wasm`);
  const found = await readFile(file).catch(() => undefined);
  if (found) return found;
  const made = await make();
  try {
    await mkdir(folder(), { recursive: true });
    // Renamed when it is complete, so that no other process reads half of it.
    await writeFile(`${file}.${process.pid}`, made);
    await rename(`${file}.${process.pid}`, file);
  } catch {
    // The next run makes it again.
  }
  return made;
}
