/* Signals, as the functions that send them use them. */
#ifndef LULL_POSIX_SIGNALS_H
#define LULL_POSIX_SIGNALS_H

#if defined(__wasm__)

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Send a signal to the program: to the oldest thread that does not block it; waiting threads come first. Its handler
 * may run here and now, in the current task. May suspend, as the handler may.
 */
void lull__signal_send(int number);
/* The same with what a handler with SA_SIGINFO is told. */
struct lull__signal;
void lull__signal_send_told(const struct lull__signal *signal);
/* Whether the last signal of this timer is still pending: then it counts how often it was due in vain. */
bool lull__signal_overruns(int timer, int overrun);
bool lull__is_signal(int number);

/* The mask before that of one wait. */
typedef struct lull__mask {
    uint64_t before;
    bool is_changed;
} lull__mask;

/*
 * Give the thread a mask for one wait; NULL: it stays. Returns whether signals that were pending have been delivered:
 * then the wait is over before it begins, with EINTR.
 */
bool lull__mask_begin(const sigset_t *mask, lull__mask *saved);
void lull__mask_end(const lull__mask *saved);

#endif

#endif
