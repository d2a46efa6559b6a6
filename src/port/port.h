/*
 * The host: what the kernel needs of the world around it. Two implementations: host_wasm.c hands on to JavaScript,
 * host_native.c is a virtual clock for tests.
 */
#ifndef LULL_HOST_H
#define LULL_HOST_H

#include "sched/kernel.h"

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
/* Tell the host of an event, if it is so: it has asked. The status is that of an end. That can run code of the user's. */
void lull__host_observe(lull__event event, const lull__task *task, int status);
/*
 * lull_spawn_with, of a task that is called `name`, which is static, where the options give it no name. Its caller
 * calls lull__spawned when it has made the task complete, for then the host may do anything to it.
 */
lull_task lull__spawn(const lull_spawn_options *options, const char *name);
LULL__APART lull_task lull__spawned(lull_task handle);
/* Give back a reference to a JavaScript value. */
void lull__host_release(lull_ref ref);

#endif
