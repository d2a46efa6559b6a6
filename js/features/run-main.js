/** main() of a C program, as a task. */
import { writeBlock } from '../marshal/arguments.js';
import { wrong } from '../marshal/check.js';
import { isText } from '../marshal/memory-codecs.js';
import { MAIN_NAME } from '../marshal/protocol.js';
import { parseType } from '../marshal/signature.js';
import { encode } from '../marshal/text.js';
import { NO_REFS } from '../marshal/values.js';

/** @import { Ending, Instance } from '../core/instance.js' */
/** @import { Values } from '../marshal/values.js' */

const INT = parseType('int');

/**
 * @param {Instance} instance
 * @param {readonly string[]} argv
 * @param {(start: (ticket: number) => number, ending: Ending) => void} spawn
 * @returns {Promise<number>} the exit status
 */
export function runMain(instance, argv, spawn) {
  return new Promise((resolve, reject) => {
    if (!Array.isArray(argv)) throw wrong('run(argv): argv', 'an array', argv);
    const words = [...argv];
    words.forEach((word, index) => {
      if (!isText(word)) throw wrong(`run(argv): argument ${index}`, 'a string without NUL', word);
    });
    instance.onExit = ({ status }) => resolve(status);
    const start = (/** @type {number} */ ticket) =>
      instance.exports[MAIN_NAME](ticket, words.length, writeArgv(instance.values, words));
    spawn(start, { name: 'main', result: INT, refs: NO_REFS, emit: undefined, promise: undefined, resolve, reject });
  });
}

/**
 * Write argv into the block of the task that is spawned next.
 *
 * @param {Values} values
 * @param {readonly string[]} argv
 * @returns {number} its address
 */
function writeArgv(values, argv) {
  const pieces = argv.map((text) => ({ bytes: encode(text), header: 0 }));
  const table = { bytes: new Uint8Array(4 * (argv.length + 1)), header: 0 };
  const [at, ...pointers] = writeBlock(values, [table, ...pieces]);
  values.memory.u32.set(pointers, at >>> 2);
  return at;
}
