/** `lull server`: the compile server. */
import { Failure } from '../../toolchain/failure.js';
import { ask } from '../client/client.js';

/**
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { Arguments } from '../main.js'
 * @import { State } from '../client/protocol.js'
 */

export const summary = 'show the compile server, or stop it';

export const help = `Usage: lull server [stop]

lull build, lull run, lull cc and its like leave the work to a server, which keeps the
compilers loaded. The first of them starts it. It serves this user alone, by a socket in
the folder of the cache, and ends after five minutes without work. \`lull server\` shows it;
\`lull server stop\` ends it and its work.

LULL_SERVER=off in the environment: do without.
`;

export const options = {};

/**
 * @param {Arguments<typeof options>} args
 * @param {NodeSystem} system
 */
export async function run({ positionals: [action, ...more] }, system) {
  const isKnown = action === undefined || action === 'stop';
  if (!isKnown || more.length > 0) throw new Failure('lull server, or lull server stop', 2);
  const { env } = system.programs;
  const state = await ask(action ?? 'state', env);
  const text = action && state ? `stopped the compile server, process ${state.pid}` : inWords(state, env);
  system.output(new TextEncoder().encode(`${text}\n`));
  return 0;
}

/**
 * @param {State | undefined} state
 * @param {Record<string, string | undefined>} env
 */
export function inWords(state, env) {
  if (!state) return env.LULL_SERVER === 'off' ? 'off, by LULL_SERVER' : 'no compile server is running';
  const { pid, memory, running, waiting } = state;
  const work = running + waiting > 0 ? `${running} at work, ${waiting} waiting` : 'idle';
  return `process ${pid}, ${Math.round(memory / 1e6)} MB, ${work}`;
}
