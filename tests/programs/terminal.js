/** A real pseudo-terminal for programs with a prompt: tmux types, and shows what they print. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onPath } from '../../node/toolchain/executables.js';
import { natively } from './support.js';

/** Why there is none, or false. */
export const noTerminal = !onPath('tmux') && 'there is no tmux (apt-get install tmux)';

/**
 * Run a program in a terminal of its own.
 *
 * @param {{ after: (act: () => unknown) => void }} t
 * @param {string} folder
 * @param {string} command
 */
export async function terminal(t, folder, command) {
  const sockets = mkdtempSync(join(tmpdir(), 'lull-tmux-'));
  const tmux = (/** @type {string} */ line) => natively(folder, `tmux -S '${sockets}/tmux' ${line}`);
  t.after(async () => {
    await tmux('kill-server').catch(() => {}); // it has ended with its program
    rmSync(sockets, { recursive: true, force: true });
  });
  await tmux(`-f /dev/null new-session -d -x 80 -y 24 '${command}; echo it ended with $?; sleep 600'`);
  const screen = async () => (await tmux('capture-pane -p')).trimEnd();
  return {
    /** @param {string} keys with tmux's names for those that are no letters */
    type: (keys) => tmux(`send-keys ${keys.replaceAll(";'", "\\;'")}`), // it ends tmux's own command
    /** @param {number} columns @param {number} rows */
    resize: (columns, rows) => tmux(`resize-window -x ${columns} -y ${rows}`),
    /** The screen, when it ends like this. @param {RegExp} end */
    async until(end) {
      let text = await screen();
      for (; !end.test(text); text = await screen()) await sleep(50);
      return text;
    },
  };
}
