/** The fixtures of the tests of the wasm build, as a page has them: from the server, which builds them. */

/** The compilers of the server's machine. */
export const compilers = await (await fetch('/fixture/compilers.json')).json();

export const compiler = compilers[0];

/** In pages, tasks have stacks of their own. */
export const ownStacksOnly = false;

/** … and their frames are compacted. */
export const compactFramesOnly = false;

/** … and suspend by Asyncify. */
export const asyncifyOnly = false;

export const stacksOnly = 'the switch is that on asyncify';

export const jspiOnly = stacksOnly;

export const clangOnly = false;

export async function fixture(name, options = {}) {
  const response = await fetch(`/fixture/${name}.wasm?options=${encodeURIComponent(JSON.stringify(options))}`);
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}
