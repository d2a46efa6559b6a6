/** Functions of POSIX that fail by name: programs link with the same ones under both compilers. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compilers, folderWith, lull } from './support.js';

const source = fileURLToPath(new URL('absent.c', import.meta.url));

for (const cc of compilers) {
  test(`${cc}: processes and users link, and fail with ENOSYS`, async (t) => {
    const cwd = folderWith(t);
    copyFileSync(source, join(cwd, 'absent.c'));
    assert.deepEqual(await lull(['run', '--cc', cc, '-Wall', '-Wextra', '-Werror', 'absent.c'], { cwd }),
      {
        stdout: 'done\n',
        stderr: 'fork: a program of lull cannot be copied; posix_spawn and popen start others\n',
        status: 0,
      });
  });

  test(`${cc}: a program may have a function of that name itself, with other arguments, too`, async (t) => {
    const cwd = folderWith(t, {
      'own.c': '#include <stdio.h>\nint system(const char *command) { return puts(command); }\n'
        + 'void wait(double seconds) { (void)seconds; }\n'
        + 'int main(void) { wait(1); return system("own") < 0; }\n',
    });
    assert.deepEqual(await lull(['run', '--cc', cc, 'own.c'], { cwd }), { stdout: 'own\n', stderr: '', status: 0 });
  });
}

test('temporary files have names of their own, and are gone or usable', {
  skip: compilers.includes('clang') ? false : 'there is no clang',
}, async (t) => {
  const cwd = folderWith(t, {
    'temporary.c': '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n'
      + 'int main(void) {\n  char a[] = "./aXXXXXX", b[] = "./aXXXXXX", bad[] = "./a";\n'
      + '  int fd = mkstemp(a);\n  if (fd < 0 || write(fd, "x", 1) != 1 || access(a, F_OK)) return 1;\n'
      + '  if (!mkdtemp(b) || !strcmp(a, b) || unlink(a) || rmdir(b)) return 2;\n'
      + '  if (mkstemp(bad) != -1 || mkdtemp(bad)) return 3;\n'
      + '  FILE *file = tmpfile();\n  return file ? 4 : 0;\n}\n', // no /tmp here
  });
  const ran = await lull(['run', '--cc', 'clang', 'temporary.c'], { cwd });
  assert.deepEqual(ran, { stdout: '', stderr: '', status: 0 });
});
