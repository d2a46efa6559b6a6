/**
 * `node bench/ten-million.js [COUNT]`: ten million sleeping tasks in one instance, on the stack that they share. Prints
 * what each takes of the memory of wasm. Apart from `npm run bench`, because it takes some minutes, and 1.8 GB.
 */
import { fileURLToPath } from 'node:url';
import { load } from '../node/index.js';
import { system } from '../node/toolchain/system.js';
import { build } from '../toolchain/build.js';
import { chooseCompiler } from '../toolchain/compiler.js';
import { host } from './cases.js';

const count = Number(process.argv[2] ?? 10_000_000);
const file = fileURLToPath(new URL('cases.c', import.meta.url));
const wasm = await build(system, chooseCompiler(system, undefined), {
  args: [file, '-O3'],
});
const app = await load(wasm, { host });
await app.call.fall_asleep(count, count / 1e5 + 10);
const bytes = app.exports.memory.buffer.byteLength;
console.log(`${app.stats().tasks} tasks asleep, ${(bytes / count).toFixed(0)} bytes of wasm memory each`);
const late = await app.call.wake_up();
console.log(`all have woken, the last one ${late.toFixed(2)} s after the deadline`);
await app.close();
