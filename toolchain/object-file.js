/** A reader of the custom sections of object files and linked modules. */

/** @import { Bytes } from './system.js' */

/**
 * The functions that an object file defines, from its symbol table.
 *
 * @param {Bytes} object
 * @returns {Promise<string[]>}
 */
export async function functionsOfObject(object) {
  const linking = await sectionOf(object, 'linking');
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
 * The functions of a linked module that has its names.
 *
 * @param {Bytes} module
 * @returns {Promise<string[]>}
 */
export async function functionsOfModule(module) {
  const FUNCTIONS = 1;
  const names = await sectionOf(module, 'name');
  if (!names?.find(FUNCTIONS)) return [];
  return Array.from({ length: names.number() }, () => {
    names.number(); // its index
    return names.text();
  });
}

/**
 * The C compiler that made an object file, and the C library if the object names it (mark-object.js); undefined where
 * it does not say, as in those of other languages.
 *
 * @param {Bytes} object
 * @returns {Promise<string | undefined>}
 */
export async function compilerOf(object) {
  const producers = await sectionOf(object, 'producers');
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
 * @param {string} name
 */
async function sectionOf(module, name) {
  if (!WebAssembly.validate(module)) return undefined; // the linker names a file of another kind
  const [section] = WebAssembly.Module.customSections(await WebAssembly.compile(module), name);
  return section && new Reader(new Uint8Array(section));
}

/** A reader of a section's parts: numbers in LEB128, and texts with their lengths before them. */
export class Reader {
  #at;
  #bytes;
  #decoder = new TextDecoder();

  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at() {
    return this.#at;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    return this.#decoder.decode(this.#bytes.subarray(this.#at, (this.#at += length)));
  }

  /** @param {number} bytes */
  skip(bytes) {
    this.#at += bytes;
  }

  /** Go to the contents of the first subsection of a kind. Returns whether there is one. @param {number} kind */
  find(kind) {
    while (this.#at < this.#bytes.length) {
      const found = this.number();
      const length = this.number();
      if (found === kind) return true;
      this.#at += length;
    }
    return false;
  }
}
