#!/usr/bin/env node
/** The command `lull`: the compile server does its share, this process the rest. */
import { isServed, served } from './client/client.js';

const argv = process.argv.slice(2);

/** In this process. */
async function run() {
  if (isServed(argv)) (await import('./tiering.js')).optimizeLate();
  const [{ main }, { system }] = await Promise.all([import('./main.js'), import('../node/toolchain/system.js')]);
  return main(argv, system);
}

process.stdout.on('error', (error) => {
  // A reader may stop early, as in `lull --help | head -1`.
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') process.exit(1);
  void import('./commands/failure-of.js').then(({ failureOf }) => {
    process.stderr.write(`lull: stdout: ${failureOf(error).message}\n`);
    process.exit(1);
  });
});

process.exitCode = (isServed(argv) ? await served(argv, process) : undefined) ?? await run();
