/** cJSON: CMake and CTest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesOf } from './sources.js';
import { lull, shell } from './support.js';

test('cJSON by CMake: its 22 tests pass in CTest', async (t) => {
  const folder = sourcesOf(t, 'cjson', ['cmake', 'make']);
  if (!folder) return;
  await shell(folder, `${lull} cmake -B build -DENABLE_CJSON_UTILS=On && cmake --build build -j2`);
  assert.match(await shell(folder, 'ctest --test-dir build'), /100% tests passed, 0 tests failed out of 22/);
});
