/** Signals of the process under lull run, for a program that handles them. With each compiler. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { compilers } from '../wasm/support.js';
import { folderWith, start } from './support.js';

const source = `#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static const char *last;
static void notes(int number)
{
    last = number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : number == SIGUSR1 ? "SIGUSR1" : "another";
}
int main(void)
{
    struct sigaction action = {.sa_handler = notes};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < 4; i++) {
        if (pause() == -1 && errno == EINTR) puts(last);
        fflush(stdout);
    }
    return 7;
}
`;

/** What a program prints, and how it ends, that is sent a signal for each line. */
async function sent(t, cc, text, signals) {
  const child = start(['run', '--cc', cc, 'program.c'], { cwd: folderWith(t, { 'program.c': text }) });
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
    for (const _ of String(data).match(/\n/g) ?? []) {
      const signal = signals.shift();
      if (signal) child.kill(signal);
    }
  });
  const [status, signal] = await once(child, 'close');
  return { stdout, status, signal };
}

for (const cc of compilers) {
  test(`${cc}: handlers run for signals of the process, and the program goes on`, async (t) => {
    assert.deepEqual(await sent(t, cc, source, ['SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGINT']), {
      stdout: 'ready\nSIGINT\nSIGTERM\nSIGUSR1\nSIGINT\n', status: 7, signal: null,
    });
  });

  test(`${cc}: a signal without a handler ends a program that handles others, as natively`, async (t) => {
    assert.deepEqual(await sent(t, cc, source, ['SIGUSR1', 'SIGUSR2']), {
      stdout: 'ready\nSIGUSR1\n', status: null, signal: 'SIGUSR2',
    });
  });

  test(`${cc}: a handler that sends the signal again, without one, ends the program`, async (t) => {
    const text = `#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static void again(int number)
{
    puts("in the handler");
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
}
int main(void)
{
    signal(SIGTERM, again);
    puts("ready");
    fflush(stdout);
    for (;;) pause();
}
`;
    assert.deepEqual(await sent(t, cc, text, ['SIGTERM']), {
      stdout: 'ready\nin the handler\n', status: 143, signal: null,
    });
  });

  test(`${cc}: a program that reads on at the end of its input gets signals, too`, async (t) => {
    const text = `#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static volatile sig_atomic_t is_over;
static void ends(int number) { is_over = number; }
int main(void)
{
    char byte;
    signal(SIGTERM, ends);
    puts("ready");
    fflush(stdout);
    while (!is_over) (void)!read(0, &byte, 1);
    puts("over");
    return 5;
}
`;
    const child = start(['run', '--cc', cc, 'program.c'], { cwd: folderWith(t, { 'program.c': text }) });
    child.stdin.end();
    let stdout = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      if (stdout === 'ready\n') setTimeout(() => child.kill('SIGTERM'), 100); // it reads by then, or soon
    });
    const [status] = await once(child, 'close');
    assert.deepEqual({ stdout, status }, { stdout: 'ready\nover\n', status: 5 });
  });

  test(`${cc}: where stdout has no reader any more, a handler of SIGPIPE runs, and the write fails`, async (t) => {
    const text = `#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static void notes(int number) { exit(number == SIGPIPE ? 9 : 1); }
int main(void)
{
    signal(SIGPIPE, notes);
    while (write(1, "again\\n", 6) == 6 || errno == EPIPE) usleep(1);
    return 2;
}
`;
    const child = start(['run', '--cc', cc, 'endless.c'], { cwd: folderWith(t, { 'endless.c': text }) });
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = await once(child, 'exit');
    assert.equal(status, 9);
  });
}
