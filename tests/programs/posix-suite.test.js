/**
 * The Open POSIX Test Suite: the programs of each family pass, but for those that posix-suite-failures.js lists. Here
 * it is the first program of each function; with `LULL_TEST_POSIX_SUITE=all`, all.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNative } from '../../toolchain/compiler.js';
import { system } from '../../node/toolchain/system.js';
import { failures } from './posix-suite-failures.js';
import { families, outcomeOf, programsOf } from './posix-suite.js';
import { sourcesOf } from './sources.js';

const wantsAll = process.env.LULL_TEST_POSIX_SUITE === 'all';
const isComplete = await findNative(system)?.version().then(() => true, () => false);

/** @type {Map<string, string>} */
const reasons = new Map(failures.flatMap(({ reason, programs }) => namesIn(programs).map((name) => [name, reason])));

/**
 * The names in a list such as `kill/1-2 sigaction/4-1..104`.
 *
 * @param {string} programs
 * @returns {string[]}
 */
function namesIn(programs) {
  return programs.trim().split(/\s+/).flatMap((item) => {
    const [, start, first, last = first] = /^(\w+\/\d+-)(\d+)(?:\.\.(\d+))?$/.exec(item) ?? [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => start + (Number(first) + index));
  });
}

/** The first program of each function. @param {{ name: string }[]} programs */
const firstOf = (programs) => programs.filter(({ name }, index) =>
  name.split('/')[0] !== programs[index - 1]?.name.split('/')[0]);

for (const family of families) {
  const skip = !isComplete && 'there is no clang with wasm-ld and wasi-libc';
  test(`the Open POSIX Test Suite: ${family}`, { skip }, async (t) => {
    const folder = sourcesOf(t, 'posixtestsuite');
    if (!folder) return;
    const programs = programsOf(folder).filter((program) => program.family === family);
    /** @type {Record<string, number>} */
    const counts = {};
    /** @type {string[]} */
    const wrong = [];
    for (const { name } of wantsAll ? programs : firstOf(programs)) {
      const { what, why } = await outcomeOf(folder, name);
      counts[what] = (counts[what] ?? 0) + 1;
      const reason = reasons.get(name);
      if (what === 'passes' && reason) wrong.push(`${name} passes, and is listed: ${reason}`);
      if (what !== 'passes' && !reason) wrong.push(`${name} ${what}: ${why}`);
    }
    t.diagnostic(`${family}: ${JSON.stringify(counts)}`);
    assert.deepEqual(wrong, []);
  });
}
