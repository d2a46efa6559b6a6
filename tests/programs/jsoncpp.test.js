/** JsonCpp: C++ with its standard library and exceptions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesOf } from './sources.js';
import { lull, shell } from './support.js';

test('JsonCpp by CMake: its own tests pass, which throw and catch', async (t) => {
  const folder = sourcesOf(t, 'libjsoncpp', ['cmake', 'make']);
  if (!folder) return;
  await shell(folder, `${lull} cmake -B build -DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF -DBUILD_SHARED_LIBS=OFF \
    -DBUILD_OBJECT_LIBS=OFF -DJSONCPP_WITH_EXAMPLE=OFF && cmake --build build -j2 --target jsoncpp_test`);
  assert.match(await shell(folder, 'find build -name jsoncpp_test -type f -exec {} \\;'), /All \d+ tests passed/);
});
