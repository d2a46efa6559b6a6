/* Signals, as the functions that send them use them. */
#ifndef LULL_POSIX_SIGNALS_H
#define LULL_POSIX_SIGNALS_H

#if defined(__wasm__)

#include <stdbool.h>

/*
 * Send a signal to the program: to the oldest thread that does not block it, and rather to one that waits. Its handler
 * may run here and now, in the current task. May suspend, as the handler may.
 */
void lull__signal_send(int number);
bool lull__is_signal(int number);

#endif

#endif
