/**
 * The facts about calls (call-facts.js) in object files and linked modules: in a custom section, a line of JSON for
 * each source. The linker puts those of all linked objects, from archives too, into the section of the module.
 */
import { Reader } from './object-file.js';

/**
 * @import { Facts } from './call-facts.js'
 * @import { Bytes } from './system.js'
 */

const NAME = 'lull calls';
const HEADER = 8;
const CUSTOM = 0;
/** The section of an object that the linker needs; other files of a compiler, of -flto say, stay as they are. */
const MAGIC = '\0asm';

const latin = new TextDecoder('latin1');

/** @param {Bytes} bytes */
const isModule = (bytes) => latin.decode(bytes.subarray(0, MAGIC.length)) === MAGIC;

/**
 * The object with facts in it.
 *
 * @param {Bytes} object
 * @param {Facts} facts
 * @returns {Bytes}
 */
export function withFacts(object, facts) {
  if (!isModule(object)) return object;
  const contents = new TextEncoder().encode(`${JSON.stringify(facts)}\n`);
  const name = new TextEncoder().encode(NAME);
  const head = [...number(name.length), ...name];
  const start = [CUSTOM, ...number(head.length + contents.length), ...head];
  const made = new Uint8Array(object.length + start.length + contents.length);
  made.set(object);
  made.set(start, object.length);
  made.set(contents, object.length + start.length);
  return made;
}

/** @param {Uint8Array} object */
export const hasFacts = (object) => latin.decode(object).includes(NAME);

/**
 * The facts of an object or a linked module, and the rest of it.
 *
 * @param {Bytes} module
 * @returns {{ facts: Facts[], rest: Bytes }}
 */
export function takeFacts(module) {
  /** @type {Facts[]} */
  const facts = [];
  if (!isModule(module)) return { facts, rest: module };
  /** @type {Uint8Array[]} */
  const kept = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length;) {
    const reader = new Reader(module, at + 1);
    const size = reader.number();
    const end = reader.at + size;
    if (module[at] === CUSTOM && reader.text() === NAME) {
      const text = new TextDecoder().decode(module.subarray(reader.at, end));
      for (const line of text.split('\n')) if (line) facts.push(JSON.parse(line));
    } else {
      kept.push(module.subarray(at, end));
    }
    at = end;
  }
  if (facts.length === 0) return { facts, rest: module };
  const rest = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of kept) {
    rest.set(part, at);
    at += part.length;
  }
  return { facts, rest };
}

/** @param {number} value @returns {number[]} in LEB128 */
const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)]);
