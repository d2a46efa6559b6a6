/*
 * The host: what the kernel needs of the world around it. Two implementations: host_wasm.c hands on to JavaScript,
 * host_native.c is a virtual clock for tests.
 */
#ifndef LULL_HOST_H
#define LULL_HOST_H

#include "kernel.h"

/* Seconds on a monotonic clock. */
double lull__host_now(void);
/* Something became ready, or a timer earlier, outside of the loop: call lull__run soon. */
void lull__host_wake(void);
/*
 * A task that the host spawned with this ticket has ended. The value is at lull__exchange; the error stays the
 * kernel's.
 */
void lull__host_done(lull_ref ticket, int status, lull_value value, const lull__error *error);
/* A failure that nobody is there to receive. */
void lull__host_report(const lull__task *task, int status, const lull__error *error);
/*
 * Nobody waits any longer for the host call with this ticket, and why. The error stays the kernel's; NULL where there
 * is none.
 */
void lull__host_abandon(lull_ref ticket, int status, const lull__error *error);
/* Hand an element to the host, for the stream with this ticket. Returns whether the next one is asked for already. */
bool lull__host_emit(lull_ref ticket, lull_value element);
/* Give back a reference to a JavaScript value. */
void lull__host_release(lull_ref ref);

#endif
