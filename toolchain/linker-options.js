/** Linker options of other platforms, without a use in a module: build systems give them without asking. */

const OTHERS = new Set(`
  start-group end-group ( ) as-needed no-as-needed no-copy-dt-needed-entries no-undefined allow-shlib-undefined
  no-allow-shlib-undefined enable-new-dtags disable-new-dtags warn-common sort-common Bstatic Bdynamic
`.trim().split(/\s+/));

/** Those with a value, behind `=` or as the next word. */
const OTHERS_WITH_VALUE = new Set('hash-style rpath rpath-link soname h version-script dynamic-list'.split(' '));

/** Values of -z. */
const OTHERS_OF_Z = /^(relro|norelro|now|lazy|defs|undefs|(no)?execstack|text|notext|origin|nodlopen|separate-code)$/;

/** Takes the words of a linker out that it does not know, also where a value comes with the next argument. */
export class LinkerWords {
  #skips = false;
  #isOfZ = false;

  /** @param {string[]} words @returns {string[]} */
  known(words) {
    return words.flatMap((word) => {
      const [skipped, isOfZ] = [this.#skips, this.#isOfZ];
      this.#skips = this.#isOfZ = false;
      if (skipped) return [];
      if (isOfZ) return OTHERS_OF_Z.test(word) ? [] : ['-z', word];
      if (word === '-z') {
        this.#isOfZ = true;
        return [];
      }
      const [, name, value] = /^--?([^=]*)(=.*)?$/s.exec(word) ?? [];
      if (!OTHERS_WITH_VALUE.has(name)) {
        return OTHERS.has(name) || OTHERS_OF_Z.test(word.replace(/^-z/, '')) ? [] : [word];
      }
      this.#skips = !value;
      return [];
    });
  }
}
