/** The undefined symbols of a module whose linker took them for imports. */
import { Failure } from './failure.js';

/** @import { Bytes } from './system.js' */

/**
 * Report undefined symbols with the files that use them.
 *
 * @param {Bytes} wasm
 * @param {string[]} known the functions of the host
 * @param {Map<string, Bytes>} objects by the names of their files
 */
export async function refuseMissing(wasm, known, objects) {
  const missing = (await importsOfEnv(wasm)).filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const used = await Promise.all([...objects].map(async ([file, object]) => ({
    file, imports: await importsOfEnv(object),
  })));
  const lines = missing.map((name) => {
    const users = used.flatMap(({ file, imports }) => (imports.includes(name) ? file : []));
    return `error: undefined symbol: ${name} (used by ${users.join(', ') || 'a library'})`;
  });
  throw new Failure(lines.join('\n'));
}

/** @param {Bytes} wasm */
async function importsOfEnv(wasm) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(wasm));
  return imports.filter(({ module, kind }) => module === 'env' && kind === 'function').map(({ name }) => name);
}
