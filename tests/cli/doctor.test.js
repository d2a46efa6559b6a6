import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, lull } from './support.js';

test('doctor lists what is here, and succeeds where lull can build', async () => {
  const { stdout, status } = await lull(['doctor']);
  assert.equal(status, compilers.length > 0 ? 0 : 1);
  for (const row of ['lull', 'node', 'JSPI', 'emcc', 'clang', 'native', 'binaryen', 'wasm-opt']) {
    assert.match(stdout, new RegExp(`^${row} +\\S`, 'm'));
  }
  assert.match(stdout, new RegExp(`^node +${process.version}$`, 'm'));
});

test('doctor names the command that installs a compiler which is not there', async () => {
  const { stdout } = await lull(['doctor'], { env: { PATH: '', EMCC: '', EMSDK: '' } });
  assert.match(stdout, /^emcc .*apt-get install emscripten/m);
  assert.match(stdout, /^native .*apt-get install clang lld llvm wasi-libc/m);
});
