/** One switch in a page: it measures each round that bench/switch-pages.js asks for. */
import { host } from '/bench/cases.js';
import { fresh, rounds } from '/bench/switch-cases.js';
import { lackFor } from '/lull/js/diagnostics/switches.js';
import { load } from '/lull/web/index.js';

const name = new URLSearchParams(location.search).get('switch');
const opened = () => load(`/wasm/${name}.wasm`, { host });
let measure;

Object.assign(globalThis, {
  async answer(what) {
    if (what === 'lack') return lackFor(name) ?? null;
    if (what === 'fresh') return fresh(opened, undefined);
    measure ??= rounds(await opened());
    return measure(what);
  },
});
