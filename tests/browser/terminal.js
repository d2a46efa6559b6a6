/** examples/terminal: a C program in the terminal of a page, as its README says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../scripts/serve.js';
import { build } from '../../toolchain/build.js';
import { findClang } from '../../toolchain/compiler.js';
import { system } from '../../node/toolchain/system.js';

/** @import { Page } from './browsers.js' */

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The example's folder, with the module and the packages that its README has the user make. */
const MOUNTS = {
  '/': `${root}examples/terminal`,
  '/node_modules/lull/': root,
  '/node_modules/': `${root}node_modules`,
  '/snake.wasm': async () =>
    build(system, /** @type {any} */ (findClang(system)), { args: [`${root}examples/terminal/snake.c`, '-O2'] }),
};

/** @param {() => { open: () => Promise<Page> }} given */
export function testTerminal(given) {
  test('examples/terminal: keys, a new size and Ctrl-C reach C, and its screen is shown', async () => {
    const { origin, close } = await serve(MOUNTS);
    const page = await given().open();
    /** Wait for a text on the screen. @param {string} text */
    const shows = (text) => page.evaluate(/** @type {any} */ (new Function('text', `return (async () => {
      const rows = () => document.querySelector('.xterm-rows')?.innerText.replaceAll('\\u00a0', ' ') ?? '';
      for (let i = 0; !rows().includes(text); i++) {
        if (i === 1000) throw new Error('the terminal shows ' + JSON.stringify(rows()));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return true;
    })()`)), text);
    await page.goto(`${origin}/`);
    assert.ok(await shows('Score: 0   58x17'));
    await page.keyboard.press('p');
    assert.ok(await shows('58x17   paused'));
    await page.click('#larger');
    assert.ok(await shows('68x19   paused'));
    await page.keyboard.down('Control');
    await page.keyboard.press('c');
    await page.keyboard.up('Control');
    assert.ok(await shows('Bye! Score: 0'));
    assert.ok(await shows('It ended with 0.'));
    await page.close();
    await close();
  });
}
