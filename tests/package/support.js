/** The package as npm packs it, installed in projects that have nothing else. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {string[]} */
const folders = [];
after(() => folders.forEach((path) => rmSync(path, { recursive: true })));

/** A folder that is gone when the test file has ended. */
function folder() {
  const path = mkdtempSync(join(tmpdir(), 'lull-package-'));
  folders.push(path);
  return path;
}

/**
 * Run a command, which has to succeed.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} what it prints on stdout
 */
export async function run(cwd, command, args, env = {}) {
  const child = spawn(command, args, {
    cwd, env: { ...process.env, LULL_SERVER: 'off', ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** @type {Promise<string> | undefined} */
let packed;

/** The tarball, packed once. */
export function tarball() {
  packed ??= (async () => {
    const target = folder();
    await run(root, process.execPath, ['scripts/pack.js', target]);
    return join(target, readdirSync(target)[0]);
  })();
  return packed;
}

/**
 * A project with these files, in which nothing but lull is installed.
 *
 * @param {Record<string, string>} [files]
 */
export async function project(files = {}) {
  const path = folder();
  for (const [name, contents] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), contents);
  }
  // What npm has fetched for this repository is not asked for again: so this needs no network after `npm ci`.
  await run(path, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', await tarball()]);
  return path;
}

/**
 * Add packages that are installed elsewhere, without copying them.
 *
 * @param {string} path of a project
 * @param {string} from a node_modules
 * @param {string[]} [names] all without
 */
export function addPackages(path, from, names = readdirSync(from).filter((name) => !name.startsWith('.'))) {
  for (const name of names) {
    const target = join(path, 'node_modules', name);
    if (name.startsWith('@') && !name.includes('/')) {
      addPackages(path, from, readdirSync(join(from, name)).map((inner) => `${name}/${inner}`));
    } else {
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(join(from, name), target, 'junction');
    }
  }
}

/** What `lull build` needs, of this repository's own packages. @param {string} path of a project */
export const addCompiler = (path) => addPackages(path, join(root, 'node_modules'), ['@yowasp/clang', 'binaryen']);

/** A program that uses what comes in modules of its own: a generator, standard output; and a host function. */
export const program = {
  'app.c': `#include <lull.h>
#include <stdio.h>
#include <stdlib.h>

LULL_HOST(char *, name_of, (int, id))

LULL_TASK(int, greet, (int, id))
{
    char *name;
    lull_check(lull_pause(0.01));
    lull_check(name_of(id, &name));
    int printed = printf("Hello, %s!\\n", name);
    fflush(stdout);
    free(name);
    return printed;
}

LULL_GENERATOR(int, countdown, (int, from))
{
    for (; from > 0; from--) lull_emit(from);
}
`,
  'main.js': `import { load } from './app.js';

const app = await load({ host: { name_of: async (id) => ['Ada', 'Brian'][id] } });
console.log(await app.call.greet(1));
for await (const n of app.stream('countdown', [3])) console.log(n);
await app.close();
`,
};

/** What it prints. */
export const printed = 'Hello, Brian!\n14\n3\n2\n1\n';
