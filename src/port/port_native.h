/*
 * The native host, as tests see it: a virtual clock, and a record of what the kernel told its host. Time passes only
 * where a test says so.
 */
#ifndef LULL_HOST_NATIVE_H
#define LULL_HOST_NATIVE_H

#include "sched/kernel.h"

/* How many reports of a kind are kept; the counts go on. */
#define LULL_NATIVE_RECORDS 8

/* A failure that nobody received, or the end of a task with a ticket. */
typedef struct lull_native_record {
    char name[LULL_NAME_MAX + 1]; /* of the task; "" where it is none */
    lull_ref ticket;              /* 0 for a failure */
    int status;
    lull_value value;
    char message[128]; /* of the error; "" where there is none */
} lull_native_record;

typedef struct lull_native_host {
    double now;                              /* the clock, in seconds */
    double tick;                             /* what every look at the clock adds to it */
    unsigned wakes;                          /* how often the kernel asked to be run */
    unsigned failures;                       /* lull__host_report */
    unsigned done;                           /* lull__host_done */
    unsigned abandoned;                      /* lull__host_abandon */
    unsigned released;                       /* lull__host_release */
    unsigned observed[LULL__TASK_ENDED + 1]; /* lull__host_observe */
    lull_ref last_abandoned;
    int last_abandoned_status;
    lull_ref last_released;
    lull_native_record failure[LULL_NATIVE_RECORDS];
    lull_native_record ended[LULL_NATIVE_RECORDS];
} lull_native_host;

extern lull_native_host lull_native;

/* Run until nothing is ready, and go from deadline to deadline until nothing is left to do. Returns the time. */
double lull_native_run(void);
/* The same for this many seconds only; nothing later happens. The clock then shows their end. */
void lull_native_advance(double seconds);
/* Forget all records, and set the clock to 0. */
void lull_native_reset(void);

#endif
