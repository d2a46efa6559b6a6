/** The fixtures of the tests of the wasm build, as a page has them: from the server, which builds them. */

/** The compilers of the server's machine, and why tests of other builds than its own are left out. */
const about = await (await fetch('/fixture/about.json')).json();

export const {
  compilers, ownStacksOnly, compactFramesOnly, asyncifyOnly, stacksOnly, jspiOnly, noFlightsOnly, clangOnly,
} = about;

export const compiler = compilers[0];

export async function fixture(name, options = {}) {
  const response = await fetch(`/fixture/${name}.wasm?options=${encodeURIComponent(JSON.stringify(options))}`);
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}
