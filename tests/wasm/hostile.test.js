/** A module that means harm exhausts what is its own, and nothing else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { File, OpenFile, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { clangOnly, moduleOf } from './support.js';

const SEEDS = 60;
const RUNTIME = 9;
const WASI = 43;

const options = { host: { length_of: (bytes) => bytes.length, text_length: (text) => text.length }, report() {} };

/** Files in memory: three streams, and a folder. */
const wasi = () => ({
  args: ['hostile'],
  env: { A: 'b' },
  fds: [
    ...[0, 1, 2].map(() => new OpenFile(new File([]))),
    new PreopenDirectory('/', new Map([['a', new File([1, 2, 3])]])),
    new OpenFile(new File([4, 5, 6])),
  ],
});

const open = async () => load(await moduleOf('hostile'), { ...options, clock: new VirtualClock(), wasi: wasi() });

describe('calls of imports with random arguments', { skip: clangOnly }, () => {
  for (const [what, task, count] of [['lull', 'attack_runtime', RUNTIME], ['WASI', 'attack_wasi', WASI]]) {
    test(`of ${what}: each settles, and every other app goes on`, async () => {
      const { warn } = console;
      console.warn = () => {}; // of the references that it keeps
      const bystander = await open();
      for (let which = 0; which < count; which++) {
        let app = await open();
        for (let seed = 0; seed < SEEDS; seed++) {
          await app.call[task](which, seed).catch(() => {});
          const alive = await app.call.add(1, 2).catch(({ code }) => code);
          if (alive === 3) continue;
          // It has ended itself, and says so.
          const ended = ['ERR_LULL_TRAP', 'ERR_LULL_CLOSED', 'ERR_LULL_KILLED'].includes(alive);
          assert.ok(ended, `${which} ${seed}: ${alive}`);
          await app.close();
          app = await open();
        }
        await app.close();
      }
      assert.equal(await bystander.call.ask('four'), 4);
      await bystander.close();
      console.warn = warn;
    });
  }
});
