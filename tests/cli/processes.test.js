/** Programs that start others, under `lull run`. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const source = `#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    printf("shell: %d\\n", system(NULL));
    if (argc > 2 && chdir(argv[2]) != 0) return 9;
    for (int i = 0; i < 2; i++) {
        fflush(stdout);
        int status = system(argv[1]);
        if (status < 0) printf("%s\\n", strerror(errno));
        else printf("status %d\\n", status >> 8);
    }
    return 0;
}
`;

for (const cc of compilers) {
  const run = (t, options, args, given = {}) => {
    const cwd = folderWith(t, { 'a.c': source });
    mkdirSync(join(cwd, 'below'));
    return lull(['run', '--cc', cc, ...options, 'a.c', '--', ...args], { cwd, ...given });
  };

  test(`${cc}: lull run refuses programs once, and says which option allows them`, async (t) => {
    const denied = { stdout: 'shell: 0\nPermission denied\nPermission denied\n', status: 0 };
    const said = 'lull: running sh is not allowed; --allow-run=sh or --allow-run allows it\n';
    assert.deepEqual(await run(t, [], ['true']), { ...denied, stderr: said });
    assert.deepEqual(await run(t, ['--allow-run=git,true'], ['true']), { ...denied, stderr: said });
  });

  for (const option of ['--allow-run', '--allow-run=git,sh', '-A']) {
    test(`${cc}: lull run ${option}: the child has the streams, the environment and the current folder`, async (t) => {
      const command = 'read line; echo "$line $GREETING $(basename "$PWD")"; echo error >&2; exit 3';
      assert.deepEqual(
        await run(t, [option], [command, 'below'], { input: 'one\ntwo\n', env: { GREETING: 'hello' } }),
        {
          stdout: 'shell: 1\none hello below\nstatus 3\ntwo hello below\nstatus 3\n',
          stderr: 'error\nerror\n',
          status: 0,
        },
      );
    });
  }
}
