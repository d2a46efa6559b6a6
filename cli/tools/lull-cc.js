#!/usr/bin/env node
/** `lull cc` as a program of one word, which build systems want. */
process.argv.splice(2, 0, 'cc');
await import('../cli.js');
