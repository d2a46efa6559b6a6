/** Run the whole suite, or the files named on the command line, and say what was left out for want of a tool. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** @param {string} folder @returns {string[]} */
function testsIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? testsIn(path) : path.endsWith('.test.js') ? [path] : [];
  });
}

const named = process.argv.slice(2);
const files = named.length ? named : testsIn('tests').sort();

/** @param {string} what @param {string} command @param {string[]} args */
function step(what, command, args) {
  console.log(`\n== ${what}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!named.length) {
  step('The statuses are those of lull.h', process.execPath, ['scripts/generate-status.js', '--check']);
  step('Types', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  step('Format and lint', 'bash', ['scripts/lint.sh']);
}
// The suites build with compilers that use several cores themselves, and share a cache: one after the other. The
// reporter, since Node's own choice for a pipe or a log is one for machines.
const how = ['--test', '--test-reporter=spec', '--test-concurrency=1'];
step('Tests', process.execPath, [...how, ...files]);
