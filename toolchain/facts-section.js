/**
 * The facts about calls (call-facts.js) in object files and linked modules: in a custom section, a line of JSON for
 * each source. The linker puts those of all linked objects, from archives too, into the section of the module.
 */
import { CUSTOM, concatenated, customSection, isModule, sectionsOf } from './sections.js';

/**
 * @import { Facts } from './call-facts.js'
 * @import { Section } from './sections.js'
 * @import { Bytes } from './system.js'
 */

const NAME = 'lull calls';
const HEADER = 8;

/** @param {Section} section */
const isOfFacts = ({ kind, name }) => kind === CUSTOM && name === NAME;

/**
 * The object with facts in it.
 *
 * @param {Bytes} object
 * @param {Facts} facts
 * @returns {Bytes}
 */
export const withFacts = (object, facts) => (isModule(object)
  ? concatenated([object, customSection(NAME, new TextEncoder().encode(`${JSON.stringify(facts)}\n`))]) : object);

/** @param {Bytes} object */
export function hasFacts(object) {
  for (const section of sectionsOf(object)) if (isOfFacts(section)) return true;
  return false;
}

/**
 * The facts of an object or a linked module, and the rest of it.
 *
 * @param {Bytes} module
 * @returns {{ facts: Facts[], rest: Bytes }}
 */
export function takeFacts(module) {
  /** @type {Facts[]} */
  const facts = [];
  const kept = [module.subarray(0, HEADER)];
  for (const section of sectionsOf(module)) {
    const { start, end, reader } = section;
    if (!isOfFacts(section)) {
      kept.push(module.subarray(start, end));
      continue;
    }
    const text = new TextDecoder().decode(module.subarray(reader.at, end));
    for (const line of text.split('\n')) if (line) facts.push(JSON.parse(line));
  }
  return { facts, rest: facts.length > 0 ? concatenated(kept) : module };
}
