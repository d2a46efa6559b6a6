#!/usr/bin/env node
/** `lull ar` as a program of one word, which build systems want. */
process.argv.splice(2, 0, 'ar');
await import('../cli.js');
