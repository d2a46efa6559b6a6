/* Notifications to the host, which may run user code: while it does, the running task may not suspend. */
#ifndef LULL_NOTIFY_H
#define LULL_NOTIFY_H

#include "port/port.h"
#include "sched/task.h"

/* What a ticket stands for has ended: a task, a stream, or a wait of JavaScript's. The error stays the caller's. */
void lull__notify_settled(lull__ticket ticket, int status, lull_value value, const lull__error *error);
/* No task waits for the host call with this ticket any longer, and why. The error stays the caller's. */
void lull__notify_abandoned(lull__ticket ticket, int status, const lull__error *error);
/* A failure that nobody receives, of a task; NULL: of none. */
void lull__notify_unhandled(const lull__task *task, int status, const lull__error *error);
/* Something has happened to a task. Call only if lull__rt.observed. The status is that of a task's end. */
void lull__notify_observer(lull__notice notice, const lull__task *task, int status);

/* Describe a task in the mailbox: js/core/inspect.js reads this. */
void lull__describe(const lull__task *task);

#endif
