/** The compilers' messages in the user's words. */

/** An error of lull's macros, as Clang words it: its place, and the rule. Escapes of colors may be in it. */
const OF_MACROS = /^(.*error: .*?)static[ _]assert(?:ion)? failed.*?"?lull: (.*?)"?((?:\x1b\[\d*m)*)$/gm;

/**
 * A mistake in one of lull's macros is one line. The compiler's other errors, which follow from it or wait until it is
 * mended, and its way through the macros are left out.
 *
 * @param {string} messages of a compiler
 */
export function inUsersWords(messages) {
  const own = [...messages.matchAll(OF_MACROS)].map(([, place, rule, end]) => `${place}lull: ${rule}${end}\n`);
  return own.length > 0 ? own.join('') : messages;
}
