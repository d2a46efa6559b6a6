/** The commands by which an editor reads a program as its compiler does. */

/**
 * @import { Arguments } from './arguments.js'
 * @import { Compiler } from './compiler.js'
 * @import { System } from './system.js'
 */

/** https://clang.llvm.org/docs/JSONCompilationDatabase.html */
export const COMPILE_COMMANDS = 'compile_commands.json';

/** @typedef {{ directory: string, file: string, arguments: string[] }} Entry a source, and how to compile it */

/**
 * The flags for any Clang: the target, the C library and the headers of lull.
 *
 * @param {System} system
 * @param {Compiler} compiler
 */
export const editorFlags = async (system, compiler) => [...await compiler.flags(), `-I${system.runtime.include}`];

/**
 * Write how to compile each source. Entries of other sources stay, since several programs may share the folder.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Arguments} args
 */
export async function writeCompileCommands(system, compiler, { inputs, flags }) {
  const common = await editorFlags(system, compiler);
  const entries = inputs.flatMap(({ file, language, given }) => (language ? {
    directory: system.folder,
    file,
    arguments: [
      language === 'c++' ? 'clang++' : 'clang', ...common, ...flags, ...(given ? ['-x', given] : []), '-c', file],
  } : []));
  const others = known(system).filter(({ directory, file }) =>
    !entries.some((entry) => entry.directory === directory && entry.file === file));
  const text = `${JSON.stringify([...others, ...entries], undefined, 2)}\n`;
  await system.write(COMPILE_COMMANDS, new TextEncoder().encode(text));
}

/**
 * The entries of the file that is there.
 *
 * @param {System} system
 * @returns {Entry[]}
 */
function known(system) {
  const contents = system.read(COMPILE_COMMANDS);
  try {
    const found = JSON.parse(new TextDecoder().decode(contents));
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // no such file, or none that an editor could read
  }
}
