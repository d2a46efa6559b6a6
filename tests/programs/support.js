/**
 * Real programs, unmodified, built by their own build systems with `lull cc`: they print the same as the native build,
 * or pass their own tests.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Server and cache of a test file's own: a build of forty files loads the compiler once. */
const cache = mkdtempSync(join(tmpdir(), 'lull-programs-'));

/** A path with the tools as programs of one word. */
const tools = join(cache, 'tools');
mkdirSync(tools);
for (const name of ['cc', 'c++', 'ar', 'ranlib', 'nm']) {
  symlinkSync(fileURLToPath(new URL(`../../cli/tools/lull-${name}.js`, import.meta.url)), join(tools, `lull-${name}`));
}

const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));
const node = `'${process.execPath}'`;

/** The command `lull` in a shell. */
export const lull = `${node} '${cli}'`;

const env = {
  ...process.env, PATH: `${tools}:${process.env.PATH}`, LULL_CC: 'clang', LULL_SERVER: '', XDG_CACHE_HOME: cache,
  CC: 'lull-cc', CXX: 'lull-c++', AR: 'lull-ar', RANLIB: 'lull-ranlib', NM: 'lull-nm',
};
after(async () => {
  await promisify(execFile)(process.execPath, [cli, 'server', 'stop'], { env }).catch(() => {});
  rmSync(cache, { recursive: true, force: true });
});

/**
 * Run a command line of a shell; an error has its output.
 *
 * @param {string} cwd
 * @param {string} line
 * @param {Record<string, string | undefined>} [variables]
 */
export async function shell(cwd, line, variables = env) {
  const run = promisify(execFile)('sh', ['-ec', line], { cwd, env: variables, maxBuffer: 1 << 26 });
  const { stdout } = await run.catch((error) => {
    throw new Error(`${line}\n${String(error.stdout).slice(-4000)}\n${String(error.stderr).slice(-4000)}`);
  });
  return stdout;
}

/** The same with the machine's own compiler. @param {string} cwd @param {string} line */
export const natively = (cwd, line) => shell(cwd, line, process.env);
