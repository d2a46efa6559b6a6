// The protocol of a terminal, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The mode of a terminal. */
export const TERMINAL_LINES = 1;
export const TERMINAL_ECHO = 2;
export const TERMINAL_SIGNALS = 4;
export const TERMINAL_RETURNS = 8;
export const TERMINAL_OUTPUT = 16;
export const TERMINAL_FLUSH = 32;

/** Signals, by their place in C's table. */
export const SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGCHLD',
  'SIGCONT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGWINCH',
  'SIGIO',
];

/** The others that a child process gets: their places follow. */
export const CHILD_SIGNALS = [
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGKILL',
  'SIGPROF',
  'SIGSEGV',
  'SIGSTOP',
  'SIGSYS',
  'SIGTRAP',
];
