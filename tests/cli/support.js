import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { system } from '../../node/toolchain/system.js';
import { writeRuntimeObjects } from '../../scripts/runtime-objects.js';
import { findClang, findEmcc, findNative } from '../../toolchain/compiler.js';

const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));

/** The compilers of this machine, for tests that hold for each of them. */
export const compilers = [findEmcc(system), findClang(system)].flatMap((compiler) => compiler?.name ?? []);

/** All three, where the clang of this machine has all parts: for tests of the differences between compilers. */
export const allCompilers = [
  ...compilers, ...(await findNative(system)?.version().then(() => /** @type {const} */ (['native']), () => []) ?? []),
];

/**
 * A folder with these files, gone after the test.
 *
 * @param {{ after: (act: () => void) => void }} t
 * @param {Record<string, string>} [files]
 */
export function folderWith(t, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'lull test '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
  return folder;
}

// Before the folder is removed, in which the server is found.
after(() => lull(['server', 'stop']));

/** A cache of the test file's own, and with it a compile server, which loads the compiler once for all tests. */
export const cache = folderWith({ after });
for (const compiler of [findEmcc(system), findClang(system)]) {
  if (compiler) await writeRuntimeObjects(join(cache, 'lull'), compiler);
}

/**
 * Start the command.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function start(args, { cwd, env } = {}) {
  return spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: cache, LULL_SERVER: env?.XDG_CACHE_HOME ? 'off' : '', ...env },
    stdio: 'pipe',
  });
}

/**
 * Run the command to its end.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, input?: string }} [options]
 */
export async function lull(args, { input = '', ...options } = {}) {
  const child = start(args, options);
  child.stdin.on('error', () => {}).end(input);
  const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, status };
}
