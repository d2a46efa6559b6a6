/**
 * `node go.js WASM_EXEC MODULE CASE SIZE`: run Go's wasm by the script that comes with Go. Its own command for Node,
 * `wasm_exec_node.js`, does not run in today's where it is of Go 1.19.
 */
import fs, { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [script, module, ...args] = process.argv.slice(2);
const global = /** @type {any} */ (globalThis);
global.fs = fs;
await import(pathToFileURL(script).href);
const go = new global.Go();
go.argv = [module, ...args];
go.exit = process.exit;
const { instance } = await WebAssembly.instantiate(readFileSync(module), go.importObject);
await go.run(instance);
