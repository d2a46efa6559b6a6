/** The compilers' messages in the user's words. */

/** The first line of a message, as Clang words it: its place. Escapes of colors may be in it. */
const FIRST = /^(?=.*:\d+:\d+: .*(?:error|warning): )/m;

/** An error of lull's macros: its place, and the rule. */
const RULE = /^(.*error: .*?)static[ _]assert(?:ion)? failed.*?"?lull: (.*?)"?((?:\x1b\[\d*m)*)$/m;

/** Where arguments are missing or are no words, C does not get as far as the rules. */
const FORM =
  /^((.*?:\d+):\d+: .*error: .*?)(?:expected (?:identifier|expression|a type|'\)'|unqualified-id)|pasting formed)/;
const MACRO = /expanded from macro '(LULL_(?:TASK|GENERATOR|HOST)\w*)'/;
/** The line of the source, where it begins with a type and a name: then the mistake is another. */
const TYPE_AND_NAME =
  /^(?!.*#define).*LULL_(?:TASK|GENERATOR|HOST)\w*\s*\((?:\s*[\w*]|LULL_CHAN\([^()]*\))+,\s*\w+\s*[,)]/m;

/**
 * A warning of the linker about a function of the program that the runtime has for those without, such as wait(). The
 * program's own is taken.
 */
const OWN_FUNCTION =
  /^.*warning: function signature mismatch: .*\n(?:>>> .*\n)?>>> .* in the runtime of lull\n(?:>>> .*\n)?\n*/gm;

/** @param {string} macro */
const formOf = (macro) => `${macro} takes a type, a name, and each argument as '(type, argument)': `
  + `${macro}(int, add, (int, a), (int, b))`;

/**
 * A mistake in one of lull's macros is one line. The compiler's other errors, which follow from it or wait until it is
 * mended, and its way through the macros are left out.
 *
 * @param {string} messages of a compiler
 */
export function inUsersWords(messages) {
  /** By their places: one has many errors of C. @type {Map<string, string>} */
  const own = new Map();
  for (const message of messages.split(FIRST)) {
    const [, place, rule, end] = RULE.exec(message) ?? [];
    if (place) own.set(message, `${place}lull: ${rule}${end}\n`);
    const [, start, line = ''] = FORM.exec(message) ?? [];
    const macro = MACRO.exec(message)?.[1];
    if (!start || !macro || own.has(line) || TYPE_AND_NAME.test(message)) continue;
    own.set(line, `${start}lull: ${formOf(macro)}\n`);
  }
  return own.size > 0 ? [...own.values()].join('') : messages.replace(OWN_FUNCTION, '');
}
