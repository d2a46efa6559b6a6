#!/usr/bin/env node
/** `lull c++` as a program of one word, which build systems want. */
process.argv.splice(2, 0, 'c++');
await import('../cli.js');
