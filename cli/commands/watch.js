/** `--watch`: something is done again whenever a file changes that it has read, or one appears that it looked for. */
import { existsSync, watch as watchFolder } from 'node:fs';
import { dirname } from 'node:path';
import { readSources } from '../../toolchain/sources.js';
import { keyOf } from '../../node/toolchain/cache.js';
import { failureOf } from './failure-of.js';

/** @import { NodeSystem } from '../../node/toolchain/system.js' */

/** Editors write in several steps: how long nothing must happen, in milliseconds. */
const QUIET = 30;

/** Where the system tells nothing of a folder, it is looked at so often, in milliseconds. */
const POLL = 500;

/**
 * @param {NodeSystem} system
 * @param {string[]} files of a program
 * @param {string[]} flags of its compiler
 * @param {(system: NodeSystem) => Promise<string>} act returns a sentence about the result
 * @returns {Promise<never>}
 */
export async function watch(system, files, flags, act) {
  const say = (/** @type {string} */ text) => system.progress.print(`lull: ${text}; waiting for changes\n`);
  /** The files that the compiler has read. @type {Set<string>} */
  const noticed = new Set();
  const noticing = { ...system, noticed: (/** @type {string[]} */ read) => read.forEach((file) => noticed.add(file)) };
  for (;;) {
    const before = look(system, files, flags, noticed);
    try {
      say(await act(noticing));
    } catch (error) {
      say(failureOf(error).message || 'this has failed');
    }
    const after = look(system, files, flags, noticed);
    if (after.own === before.own) await change(() => look(system, files, flags, noticed), after.key);
  }
}

/**
 * Resolves when the state is another one.
 *
 * @param {() => ReturnType<typeof look>} now
 * @param {string} known
 */
async function change(now, known) {
  for (;;) {
    const watcher = watchFolders(now().folders);
    // Changes from before it watched.
    const { key, folders } = now();
    if (key === known && folders.join() === watcher.folders.join()) await watcher.happened;
    watcher.close();
    if (key !== known) return;
  }
}

/**
 * The state of the files that are read, and the folders in which they may change.
 *
 * @param {NodeSystem} system
 * @param {string[]} files
 * @param {string[]} flags
 * @param {Set<string>} noticed
 */
function look(system, files, flags, noticed) {
  /** @type {Set<string>} */
  const missing = new Set();
  const found = readSources(system, files, flags, missing);
  const parts = [...found].flat();
  const others = [...noticed].filter((file) => !found.has(file));
  const folders = [...new Set([...found.keys(), ...missing, ...others].map((file) => {
    let folder = dirname(file);
    while (!existsSync(folder)) folder = dirname(folder);
    return folder;
  }))];
  const own = keyOf(parts);
  return { own, key: keyOf([own, ...others.map((file) => system.read(file) ?? 'none')]), folders };
}

/**
 * @param {string[]} folders
 * @returns {{ folders: string[], happened: Promise<void>, close: () => void }} `happened` resolves when something has
 *   happened in one of them, and then nothing for a moment
 */
function watchFolders(folders) {
  /** @type {{ close: () => void }[]} */
  const watchers = [];
  /** @type {NodeJS.Timeout | undefined} */
  let quiet;
  const happened = new Promise((/** @type {(value: void) => void} */ resolve) => {
    const notice = () => {
      clearTimeout(quiet);
      quiet = setTimeout(resolve, QUIET);
    };
    for (const folder of folders) {
      try {
        watchers.push(watchFolder(folder, notice).on('error', notice));
      } catch {
        const timer = setInterval(notice, POLL);
        watchers.push({ close: () => clearInterval(timer) });
      }
    }
  });
  return {
    folders,
    happened,
    close() {
      clearTimeout(quiet);
      for (const watcher of watchers) watcher.close();
    },
  };
}
