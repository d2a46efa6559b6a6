/** The C sources that a native build has. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../src', import.meta.url));

/** Sources of a wasm module only. */
const wasmOnly = new RegExp(`^(${[
  'runtime', 'boundary/(spawn|main|exports|exceptions|fuel)', '(hostlib|posix)/.*',
  'port/(port_wasm|c_stack|switch_(asyncify|stacks|jspi))',
].join('|')})\\.c$`);

export const sources = readdirSync(folder, { encoding: 'utf8', recursive: true })
  .filter((name) => name.endsWith('.c') && !wasmOnly.test(name))
  .sort()
  .map((name) => join(folder, name));
