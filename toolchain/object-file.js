/** The functions and the compiler that object files and linked modules name in their sections. */
import { sectionsOf } from './sections.js';

/** @import { Bytes } from './system.js' */

/**
 * The functions that an object file defines, from its symbol table.
 *
 * @param {Bytes} object
 * @returns {string[]}
 */
export function functionsOfObject(object) {
  const linking = sectionOf(object, 'linking');
  if (!linking) return [];
  const [SYMBOL_TABLE, DATA, SECTION, FUNCTION, UNDEFINED, NAMED] = [8, 1, 3, 0, 0x10, 0x40];
  linking.number(); // the version
  if (!linking.find(SYMBOL_TABLE)) return [];
  /** @type {string[]} */
  const names = [];
  for (let left = linking.number(); left > 0; left--) {
    const kind = linking.number();
    const flags = linking.number();
    if (kind === DATA) {
      linking.text();
      if (!(flags & UNDEFINED)) [linking.number(), linking.number(), linking.number()];
    } else {
      linking.number(); // its index
      const named = kind !== SECTION && (!(flags & UNDEFINED) || flags & NAMED);
      const name = named ? linking.text() : '';
      if (kind === FUNCTION && !(flags & UNDEFINED)) names.push(name);
    }
  }
  return names;
}

/**
 * The names of a linked module's functions, by their indices.
 *
 * @param {Bytes} module that has its names
 * @returns {Map<number, string>}
 */
export function namesOf(module) {
  const FUNCTIONS = 1;
  /** @type {Map<number, string>} */
  const names = new Map();
  const section = sectionOf(module, 'name');
  if (!section?.find(FUNCTIONS)) return names;
  for (let left = section.number(); left > 0; left--) names.set(section.number(), section.text());
  return names;
}

/**
 * The C compiler that made an object file, and the C library if the object names it (mark-object.js); undefined where
 * it does not say, as in those of other languages.
 *
 * @param {Bytes} object
 * @returns {string | undefined}
 */
export function compilerOf(object) {
  const producers = sectionOf(object, 'producers');
  /** @type {string | undefined} */
  let compiler;
  let library = '';
  for (let fields = producers?.number() ?? 0; producers && fields > 0; fields--) {
    const field = producers.text();
    for (let values = producers.number(); values > 0; values--) {
      const [tool, version] = [producers.text(), producers.text()];
      if (field === 'sdk') library = ` with ${tool}`;
      if (field !== 'processed-by' || !/clang/i.test(tool)) continue;
      compiler ??= `${tool} ${version.replace(/ \(.*/, '')}`.trim(); // without its commit
    }
  }
  return compiler && compiler + library;
}

/**
 * @param {Bytes} module
 * @param {string} wanted
 */
function sectionOf(module, wanted) {
  for (const { name, reader } of sectionsOf(module)) if (name === wanted) return reader;
  return undefined;
}
