/** The files of a new project. */
import { KNOWN } from '../../toolchain/clang.js';
import { BINARYEN } from '../../toolchain/compiler.js';

/**
 * @param {string} name of its package
 * @param {string} version of lull
 * @returns {{ name: string, purpose: string, text: string }[]}
 */
export const filesFor = (name, version) => [
  { name: 'src/greet.c', purpose: 'the program: a task, and a function that JavaScript gives it', text: C },
  { name: 'main.js', purpose: 'loads and calls it', text: MAIN },
  { name: 'test/greet.test.js', purpose: 'a test, in which no time passes', text: TEST },
  { name: 'package.json', purpose: 'npm run build, npm start, npm test, npm run watch', text: manifest(name, version) },
  { name: 'jsconfig.json', purpose: 'types in the JavaScript, from those of the C', text: json(JSCONFIG) },
  { name: 'compile_flags.txt', purpose: 'the flags of the C, for clangd', text: FLAGS },
  { name: '.vscode/extensions.json', purpose: 'the extension of VS Code for C', text: json(EXTENSIONS) },
  { name: '.gitignore', purpose: 'files that are made', text: IGNORED },
  { name: 'README.md', purpose: 'the first steps', text: readme(name) },
];

/** @param {unknown} value */
const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;

const C = `#include <lull.h>
#include <stdio.h>
#include <stdlib.h>

/* JavaScript's: it may return a promise, and this task waits for it. */
LULL_HOST(char *, name_of, (int, id))

/** The greeting of somebody, after some seconds. */
LULL_TASK(char *, greet, (int, id), (double, delay))
{
    char *name, *greeting = NULL;
    lull_check(lull_pause(delay)); /* an error ends the task with it */
    lull_check(name_of(id, &name));
    size_t size = (size_t)snprintf(NULL, 0, "Hello, %s!", name) + 1;
    greeting = malloc(size);
    if (greeting) snprintf(greeting, size, "Hello, %s!", name);
    free(name);
    return greeting;
}
`;

const MAIN = `import { load } from './src/greet.js';

const names = ['Ada', 'Brian', 'Dennis'];
const app = await load({ host: { name_of: async (id) => names[id] } });
// Three tasks that wait at the same time.
for (const greeting of await Promise.all([0, 1, 2].map((id) => app.call.greet(id, 0.5)))) console.log(greeting);
await app.close();
`;

const TEST = `import { load } from '../src/greet.js';
import { VirtualClock } from 'lull/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('greets by name, after the delay', async () => {
  const clock = new VirtualClock();
  const app = await load({ clock, host: { name_of: (id) => \`number \${id}\` } });
  assert.equal(await clock.until(app.call.greet(7, 3600)), 'Hello, number 7!');
  assert.equal(clock.now(), 3_600_000);
  await app.close();
});
`;

const BUILD = 'lull build src/greet.c -o src/greet.wasm';

/** @param {string} name @param {string} version */
const manifest = (name, version) => json({
  name,
  private: true,
  type: 'module',
  scripts: {
    build: `${BUILD} -Wall -Wextra`,
    start: 'npm run --silent build && node main.js',
    test: 'npm run --silent build && node --test',
    watch: `${BUILD} -Wall -Wextra --watch`,
  },
  dependencies: { lull: `^${version}` },
  devDependencies: { '@yowasp/clang': KNOWN, binaryen: BINARYEN },
});

const JSCONFIG = {
  compilerOptions: {
    checkJs: true,
    strict: true,
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    skipLibCheck: true,
  },
  exclude: ['node_modules'],
};

const FLAGS = `-std=c17
-Wall
-Wextra
-Inode_modules/lull/src/include
`;

const EXTENSIONS = { recommendations: ['llvm-vs-code-extensions.vscode-clangd'] };

const IGNORED = `node_modules/
src/greet.wasm
src/greet.js
src/greet.d.ts
`;

/** @param {string} name */
const readme = (name) => `# ${name}

Tasks in C on the JavaScript event loop, with lull.

    npm install
    npm start        build, and run main.js
    npm test         build, and run the tests
    npm run watch    build again whenever a file changes

\`src/greet.c\` is the program. \`lull build\` makes of it \`src/greet.wasm\`, \`src/greet.js\`, which loads that, and
\`src/greet.d.ts\`, its types: so an editor completes \`app.call.greet\`, once it is built. The functions of C are in
\`node_modules/lull/src/include/lull.h\`.
`;
