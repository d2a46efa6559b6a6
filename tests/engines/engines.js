/** The engines of this machine: those that `./build.sh engines` has installed here, else those on the path. See D6. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isExecutable, onPath } from '../../node/toolchain/executables.js';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The first program of these packages that is here, or else the one of this name on the path.
 *
 * @param {string[]} installed below the packages' folder
 * @param {string} [name]
 * @returns {string | undefined}
 */
function find(installed, name) {
  return installed.map((path) => join(packages, path)).find(isExecutable) ?? (name && onPath(name));
}

/** The packages of a scope, for the one that npm has chosen for this machine. @param {string} scope */
const chosen = (scope) => {
  try {
    return readdirSync(join(packages, scope)).map((name) => join(scope, name));
  } catch {
    return [];
  }
};

/** By name, where each is; undefined where it is not here. */
export const engines = {
  'node-20': find(['node-20/bin/node']),
  'node-22': find(['node-22/bin/node']),
  'node-24': find(['node-24/bin/node']),
  'node-26': find(['node-26/bin/node']),
  deno: find(chosen('@deno').map((path) => join(path, 'deno')), 'deno'),
  bun: find(chosen('@oven').map((path) => join(path, 'bin/bun')), 'bun'),
  workerd: find(chosen('@cloudflare').map((path) => join(path, 'bin/workerd')), 'workerd'),
};

/**
 * Why the tests of an engine are left out, or false.
 *
 * @param {keyof typeof engines} name
 */
export const missing = (name) => !engines[name] && `there is no ${name} here (./build.sh engines installs it)`;

/** The tests of the wasm build, but for the one that measures what does not depend on the engine. */
export const suite = readdirSync(join(root, 'tests/wasm'))
  .filter((name) => name.endsWith('.test.js') && name !== 'size.test.js')
  .map((name) => `./tests/wasm/${name}`)
  .sort();

/**
 * Run an engine to its end, in the root of the repository.
 *
 * @param {keyof typeof engines} name
 * @param {string[]} args
 * @returns {Promise<{ status: number | string, output: string }>}
 */
export async function run(name, args) {
  // Of several compilers, whose modules are the same to an engine, the one that all machines have.
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, LULL_TEST_COMPILER: 'clang', NO_COLOR: '1' };
  delete env.NODE_TEST_CONTEXT; // else Node takes itself for a part of this run
  const child = spawn(String(engines[name]), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (status, signal) => resolve(status ?? signal)));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, output: `${stdout}${stderr}` };
}

/**
 * The end of an output, which says what failed, for the message of an assertion.
 *
 * @param {string} output
 */
export const endOf = (output) => output.slice(-20_000);
