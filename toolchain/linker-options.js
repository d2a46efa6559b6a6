/** Linker options of other platforms, without a use in a module: build systems give them without asking. */

const OTHERS = new Set(`
  start-group end-group ( ) as-needed no-as-needed no-copy-dt-needed-entries no-undefined allow-shlib-undefined
  no-allow-shlib-undefined enable-new-dtags disable-new-dtags warn-common sort-common Bstatic Bdynamic
`.trim().split(/\s+/));

/** Those with a value, behind `=` or as the next word. */
const OTHERS_WITH_VALUE = new Set('hash-style rpath rpath-link soname h version-script dynamic-list'.split(' '));

/** Takes the words of a linker out that it does not know, also where a value comes with the next argument. */
export class LinkerWords {
  #skips = false;

  /** @param {string[]} words */
  known(words) {
    return words.filter((word) => {
      const skipped = this.#skips;
      this.#skips = false;
      if (skipped) return false;
      const [, name, value] = /^--?([^=]*)(=.*)?$/s.exec(word) ?? [];
      if (!OTHERS_WITH_VALUE.has(name)) return !OTHERS.has(name);
      this.#skips = !value;
      return false;
    });
  }
}
