/** The comments of C declarations, for the TypeScript declarations: those directly before LULL_TASK and its like. */
import { isObject, readSources } from './sources.js';

/** @import { System } from './system.js' */

/** A comment of either form, then the declaration's macro, its type (which may be a LULL_CHAN) and its name. */
const DECLARATION = new RegExp(
  /(\/\*(?:(?!\*\/)[^])*\*\/|(?:\/\/[^\n]*\n[ \t]*)+)/.source
    + /\s*LULL_(?:TASK|GENERATOR|HOST)\w*\s*\(\s*(?:[^(),]|\([^()]*\))+,\s*(\w+)/.source,
  'g',
);

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
    for (const [, comment, name] of new TextDecoder().decode(contents).matchAll(DECLARATION)) {
      comments.set(name, textOf(comment));
    }
  }
  return comments;
}

/**
 * The text of a comment, without what frames it.
 *
 * @param {string} comment
 */
function textOf(comment) {
  const lines = comment.startsWith('/*')
    ? comment.replace(/^\/\*+!?|\*+\/$/g, '').split('\n').map((line) => line.replace(/^\s*\*? ?/, ''))
    : comment.split('\n').map((line) => line.replace(/^\s*\/\/+!? ?/, ''));
  return lines.map((line) => line.trimEnd()).join('\n').trim();
}
