/**
 * Thread-local variables of C, in a section of their own: the runtime gives each task its own values of them
 * (src/sched/thread_local.c). C++'s thread_local may have constructors, so it stays one
 * variable for all. See D107.
 */
const ATTRIBUTE = '__attribute__((section("lull_tls")))';

export const THREAD_LOCAL = [`-D_Thread_local=${ATTRIBUTE}`, `-D__thread=${ATTRIBUTE}`];
