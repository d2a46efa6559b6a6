/** main() of a C program, as a task. */
import { writeBlock } from '../marshal/arguments.js';
import { wrong } from '../marshal/check.js';
import { isText } from '../marshal/memory-codecs.js';
import { MAIN_NAME } from '../marshal/protocol.js';
import { parseType } from '../marshal/signature.js';
import { Ending } from '../core/ending.js';

/** @import { Instance } from '../core/instance.js' */

const INT = parseType('int');

/**
 * @param {Instance} instance
 * @param {readonly string[]} argv
 * @param {(ticket: number, ending: Ending, handle: number) => void} started
 * @returns {Promise<number>} the exit status
 */
export function runMain(instance, argv, started) {
  if (!Array.isArray(argv)) throw wrong('run(argv): argv', 'an array', argv);
  const words = [...argv];
  words.forEach((word, index) => {
    if (!isText(word)) throw wrong(`run(argv): argument ${index}`, 'a string without NUL', word);
  });
  const ending = new Ending('main', INT);
  instance.onExit = ({ status }) => ending.resolve(status);
  const [at, ...pointers] = writeBlock(
    instance.values, [new Uint8Array(4 * (words.length + 1)), ...words].map((bytes) => [bytes, 0]),
  );
  instance.values.memory.u32.set(pointers, at >>> 2); // argv, before the texts
  const ticket = instance.tickets.add(ending);
  started(ticket, ending, instance.exports[MAIN_NAME](ticket, words.length, at));
  return ending.promise;
}
