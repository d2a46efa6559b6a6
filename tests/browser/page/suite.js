/** Runs a file of the tests of the wasm build: `suite.html?file=pump.test.js`. `results` is what came of it. */
const query = new URLSearchParams(location.search);
const file = new URL(query.get('file'), import.meta.url).href; // not for esbuild to resolve

globalThis.results = import(file).then(() => globalThis.runTests(JSON.parse(query.get('leftOut'))));
globalThis.results.catch(() => {}); // the test that asks for them learns of it
