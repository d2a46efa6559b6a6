#!/usr/bin/env node
/** `lull nm` as a program of one word, which build systems want. */
process.argv.splice(2, 0, 'nm');
await import('../cli.js');
