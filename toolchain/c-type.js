/**
 * Types of functions in the words of C, from their mangled names.
 * See https://itanium-cxx-abi.github.io/cxx-abi/abi.html
 */

/** @type {Record<string, string>} */
const PLAIN = {
  v: 'void', b: 'bool', c: 'char', a: 'signed char', h: 'unsigned char', s: 'short', t: 'unsigned short', i: 'int',
  j: 'unsigned', l: 'long', m: 'unsigned long', x: 'long long', y: 'unsigned long long', n: '__int128', f: 'float',
  d: 'double', e: 'long double', z: '...',
};

/** @type {Record<string, string>} */
const QUALIFIERS = { K: 'const', V: 'volatile', r: 'restrict' };

/**
 * A pointer to functions of a type.
 *
 * @param {string} mangled such as _ZTSFiPvE, for int (*)(void *); '' for one that is not known
 * @returns {string}
 */
export function pointerOf(mangled) {
  if (!mangled) return 'a pointer of unknown type';
  try {
    const reader = new TypeReader(mangled.replace(/^_ZTS/, ''));
    return reader.type()('(*)').replace(' ((*))', ' (*)');
  } catch {
    return mangled; // of C++
  }
}

/** @typedef {(name: string) => string} Declare a type, as it declares a name */

class TypeReader {
  #at = 0;
  #text;
  /** The types that may be named again. @type {Declare[]} */
  #known = [];

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @returns {Declare} */
  type() {
    const letter = this.#text[this.#at++];
    if (Object.hasOwn(PLAIN, letter)) return spaced(PLAIN[letter]);
    if (letter === 'P') {
      const to = this.type();
      return this.#keep((name) => to(`*${name}`));
    }
    if (Object.hasOwn(QUALIFIERS, letter)) {
      const of = this.type();
      return this.#keep((name) => of('') + spaced(` ${QUALIFIERS[letter]}`)(name));
    }
    if (letter === 'F') {
      const result = this.type();
      /** @type {string[]} */
      const parameters = [];
      while (this.#text[this.#at] !== 'E') parameters.push(this.type()(''));
      this.#at++;
      return this.#keep((name) => result(`${/^\*/.test(name) ? `(${name})` : name}(${parameters.join(', ')})`));
    }
    if (letter === 'S') {
      const end = this.#text.indexOf('_', this.#at);
      const number = this.#text.slice(this.#at, end);
      this.#at = end + 1;
      return this.#known[number ? parseInt(number, 36) + 1 : 0] ?? fail();
    }
    if (letter === 'A') {
      const end = this.#text.indexOf('_', this.#at);
      const count = this.#text.slice(this.#at, end);
      this.#at = end + 1;
      const of = this.type();
      return this.#keep((name) => of(`(${name})[${count}]`));
    }
    const [length] = /^\d+/.exec(this.#text.slice(this.#at - 1)) ?? fail();
    const start = this.#at - 1 + length.length;
    this.#at = start + Number(length);
    return this.#keep(spaced(this.#text.slice(start, this.#at)));
  }

  /** @param {Declare} type */
  #keep(type) {
    this.#known.push(type);
    return type;
  }
}

/** @param {string} type @returns {Declare} */
const spaced = (type) => (name) => (name ? `${type} ${name}` : type);

/** @returns {never} */
function fail() {
  throw new Error('unknown type');
}
