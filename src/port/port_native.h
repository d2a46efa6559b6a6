/*
 * The port in native builds, as tests see it: a virtual clock, and a record of the notifications. Time passes only
 * where a test says so.
 */
#ifndef LULL_PORT_NATIVE_H
#define LULL_PORT_NATIVE_H

#include "port/port.h"

/* How many records of a kind are kept. The counts go on. */
#define LULL_NATIVE_RECORDS 8

/* A failure that nobody received, or the end of a task with a ticket. */
typedef struct lull_native_record {
    char name[LULL_NAME_MAX + 1]; /* of the task; "" where it is none */
    lull__ticket ticket;          /* 0 for a failure */
    int status;
    lull_value value;
    char message[128]; /* of the error; "" where there is none */
} lull_native_record;

typedef struct lull_native_host {
    double now;                              /* the clock, in seconds */
    double tick;                             /* what every look at the clock adds to it */
    unsigned wakes;                          /* how often the runtime asked to be run */
    unsigned failures;                       /* LULL__UNHANDLED */
    unsigned done;                           /* LULL__SETTLED */
    unsigned abandoned;                      /* LULL__ABANDONED */
    unsigned released;                       /* lull__port_release */
    unsigned observed[LULL__TASK_ENDED + 1]; /* by notice, of the others */
    lull__ticket last_abandoned;
    int last_abandoned_status;
    lull_ref last_released;
    lull_native_record failure[LULL_NATIVE_RECORDS];
    lull_native_record ended[LULL_NATIVE_RECORDS];
} lull_native_host;

extern lull_native_host lull_native;

/* Forget all records, and set the clock to 0. */
void lull_native_reset(void);

#endif
