/* Signals, as the functions that send them use them. */
#ifndef LULL_POSIX_SIGNALS_H
#define LULL_POSIX_SIGNALS_H

#if defined(__wasm__)

#include <stdbool.h>

/*
 * Send a signal to the program: its handler runs here and now, in the current task, and interrupts the wait of the
 * oldest thread that does not block the signal. May suspend, as the handler may.
 */
void lull__signal_send(int number);
bool lull__is_signal(int number);

#endif

#endif
