/** The comments of C declarations, for the TypeScript declarations: those directly before LULL_TASK and its like. */
import { isObject, readSources } from './sources.js';

/** @import { System } from './system.js' */

/** Comments, and the texts and characters in which one only seems to begin. Lines with // are one comment. */
const TOKEN = new RegExp([
  /\/\*(?:(?!\*\/)[^])*\*\//,
  /\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*/,
  /"(?:\\[^]|[^"\\\n])*"/,
  /'(?:\\[^]|[^'\\\n])*'/,
].map(({ source }) => source).join('|'), 'g');

/** What follows a comment on a declaration: its macro, its type (which may be a LULL_CHAN) and its name. */
const DECLARATION =
  /[ \t]*\r?\n?[ \t]*LULL_(?:TASK|GENERATOR|HOST)\w*\s*\(\s*(?:[^(),]|\([^()]*\))+,\s*(\w+)/y;

/**
 * @param {System} system
 * @param {string[]} files of the program
 * @param {string[]} flags of the compiler
 * @returns {Map<string, string>} the text of a comment, by the name that it is about
 */
export function commentsIn(system, files, flags) {
  const comments = new Map();
  for (const [file, contents] of readSources(system, files, flags)) {
    if (isObject(file)) continue;
    const text = new TextDecoder().decode(contents);
    for (const { 0: token, index } of text.matchAll(TOKEN)) {
      const comment = token.startsWith('/') ? ownLinesOf(token, text, index) : '';
      DECLARATION.lastIndex = index + token.length;
      const name = comment && DECLARATION.exec(text)?.[1];
      if (name) comments.set(name, textOf(comment));
    }
  }
  return comments;
}

/**
 * What of a comment is not behind code, and so not about that code: all, nothing, or all lines with // but the first.
 *
 * @param {string} comment
 * @param {string} text
 * @param {number} index of the comment in the text
 */
function ownLinesOf(comment, text, index) {
  const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  if (before.trim() === '') return comment;
  return comment.startsWith('//') ? comment.replace(/^.*\s*/, '') : '';
}

/**
 * The text of a comment, without what frames it: its indentation, too, and that of tags.
 *
 * @param {string} comment
 */
function textOf(comment) {
  const isBlock = comment.startsWith('/*');
  const [first, ...others] = (isBlock ? comment.replace(/^\/\*+(?!\/)!?|\*+\/$/g, '') : comment).split('\n');
  const frame = isBlock ? /^\s*(\*|(?=\S))/ : /^\s*\/\/+!?/;
  const framed = (isBlock ? others : [first, ...others]).map((line) => line.replace(frame, ''));
  const lines = [...(isBlock ? [first] : []), ...withoutIndent(framed)];
  return lines.map((line) => line.replace(/^\s+(?=@\w)/, '').trimEnd()).join('\n').trim();
}

/** @param {string[]} lines */
function withoutIndent(lines) {
  const widths = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...widths)));
}
