#!/usr/bin/env node
/** `lull ranlib` as a program of one word, which build systems want. */
process.argv.splice(2, 0, 'ranlib');
await import('../cli.js');
