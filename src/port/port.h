/*
 * The port: the platform under the runtime. In wasm it is JavaScript (port_wasm.c, whose other side is
 * js/core/instance.js); in native builds, a virtual clock for tests (port_native.c).
 */
#ifndef LULL_PORT_H
#define LULL_PORT_H

#include "lull.h"

/* A reference to a JavaScript value, as in lull_boundary.h. Native builds have none, but the same layouts. */
typedef int32_t lull_ref;
/* What JavaScript knows a task, a host call, a wait or a channel by: an index of its own table; 0: none. */
typedef int32_t lull__ticket;

/* What JavaScript is notified of: see lull_protocol.h. */
#define LULL__NOTICE(name) LULL__##name,
#define LULL__EVENT(name, method) LULL__##name,
typedef enum lull__notice { LULL__NOTICE_MAP(LULL__NOTICE) LULL__EVENT_MAP(LULL__EVENT) } lull__notice;
#undef LULL__NOTICE
#undef LULL__EVENT

/* Where values lie while they cross between C and JavaScript. */
#define LULL__NUMBER(name) double name;
extern union lull__mailbox {
    lull_value value;
    struct {
        LULL__TASK_MAP(LULL__NUMBER)
    } task;
    struct {
        LULL__STATS_MAP(LULL__NUMBER)
    } stats;
    struct {
        LULL__FAILURE_MAP(LULL__NUMBER)
    } failure;
    size_t cursor;
} lull__mailbox;
#undef LULL__NUMBER

/* Seconds on a monotonic clock. */
double lull__port_now(void);
/* What the host's timer is armed for, so that lull__port_now is then not below this time. */
double lull__port_deadline(double time);
/* Something became ready, or a timer earlier, outside of the loop: call lull__run soon. */
void lull__port_wake(void);
/* That can run the user's code. The error stays the caller's; NULL where there is none. */
void lull__port_notify(lull__notice notice, lull__ticket ticket, int status, const lull_error *error);
/* Hand the element in the mailbox to the stream with this ticket. Returns whether the next one is asked for already. */
bool lull__port_emit(lull__ticket ticket);
/* One more reference to a JavaScript value; one less. */
void lull__port_retain(lull_ref ref);
void lull__port_release(lull_ref ref);

#endif
