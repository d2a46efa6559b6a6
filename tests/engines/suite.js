/** The tests of the wasm build, run by an engine that has node:test. See D66. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, missing, run } from './engines.js';

/**
 * @param {Parameters<typeof run>[0]} engine
 * @param {string[]} args
 * @param {RegExp} passed finds, in what it prints, how many tests have passed
 */
export function testSuite(engine, args, passed) {
  test(`the tests of wasm pass in ${engine}`, { skip: missing(engine), timeout: 7_200_000 }, async (t) => {
    const { output: version } = await run(engine, ['--version']);
    t.diagnostic(version.trim().split('\n')[0]);
    const { status, output } = await run(engine, args);
    assert.equal(status, 0, endOf(output));
    const count = Number(passed.exec(output)?.[1]);
    t.diagnostic(`${count} tests`);
    assert.ok(count >= 300, endOf(output)); // else it has not run them
  });
}
