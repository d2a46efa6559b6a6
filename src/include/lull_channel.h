/*
 * Channels and select. Included by lull.h.
 *
 *     lull_chan jobs = lull_chan_new(sizeof(job), 16);
 *     …
 *     lull_case cases[] = {{.receive = jobs, .element = &next}, {.await = stop}, {.after = 5}};
 *     switch (lull_select(cases, 3)) { … }
 *
 * The semantics are those of Go's channels and select.
 */
#ifndef LULL_CHANNEL_H
#define LULL_CHANNEL_H

/* ---- Channels ------------------------------------------------------------------------------------------------ */

/*
 * A channel hands elements of one size from senders to receivers, in order. It holds as many as its capacity; with a
 * capacity of 0, sender and receiver meet. Any number of tasks may wait on each side: first come, first served.
 * Elements are copied in and out. An element that has been handed over is received, even by a task that is cancelled
 * meanwhile: the cancellation shows at its next wait. A lull_resume of a waiter is ignored, but costs it its place.
 */
typedef int64_t lull_chan;

/*
 * A channel for elements of `element_size` bytes. The caller has one reference, to be given back with
 * lull_chan_release. Returns the handle; LULL_EINVAL for a size of 0; LULL_ENOMEM.
 */
lull_chan lull_chan_new(size_t element_size, size_t capacity);

/* One more reference, to be given back on its own. Returns 0; LULL_ESRCH. */
int lull_chan_retain(lull_chan channel);
/*
 * Give a reference back: the last one closes the channel and frees it, with the elements in it. Returns 0; LULL_ESRCH.
 */
int lull_chan_release(lull_chan channel);

/*
 * Send the element at `element`: wait until a receiver or the channel has taken it. May suspend.
 * Returns 0; LULL_ECLOSED, also where it is closed meanwhile; LULL_ESRCH; LULL_ENOMEM; else as lull_yield_to. Where it
 * fails, the element was not sent.
 */
LULL_NODISCARD int lull_send(lull_chan channel, const void *element);

/*
 * Receive an element into `element`; NULL: drop it. May suspend.
 * Returns 0; LULL_ECLOSED for a channel that is closed and has none left; LULL_ESRCH; else as lull_yield_to. Where it
 * fails, nothing was received.
 */
LULL_NODISCARD int lull_receive(lull_chan channel, void *element);

/* The same without waiting: LULL_EBUSY where they would have to. They may be called outside of a task. */
LULL_NODISCARD int lull_try_send(lull_chan channel, const void *element);
LULL_NODISCARD int lull_try_receive(lull_chan channel, void *element);

/*
 * Close a channel: nothing more is sent. Waiting senders get LULL_ECLOSED; receivers first get the elements that it
 * holds. Returns 0, also for one that is closed already; LULL_ESRCH.
 */
int lull_chan_close(lull_chan channel);

/* How many elements are in it, and how many it holds at most. LULL_ESRCH for a stale handle. */
int64_t lull_chan_length(lull_chan channel);
int64_t lull_chan_capacity(lull_chan channel);

/* ---- Select -------------------------------------------------------------------------------------------------- */

/* An operation to select from. One of the first six members says which; the others stay 0. */
typedef struct lull_case {
    lull_chan send;            /* send the element */
    lull_chan receive;         /* receive into the element */
    lull_future await;         /* a future */
    lull_task join;            /* the end of a task */
    lull_yieldable *yieldable; /* anything else */
    double after;              /* this many seconds */
    void *element;             /* for a channel; stays the caller's. To receive: NULL drops it */
    int status;       /* out, of the case that happened: as lull_send, lull_receive, lull_await, … return it */
    lull_value value; /* out, likewise: the value of a future, a task, a yieldable */
} lull_case;

/*
 * Wait for the first of several operations, and do only that one. Where several are possible at once, one is chosen at
 * random: fairly, and in the same way in each run of the program (see lull_seed). May suspend.
 *
 * Returns the index of the case that happened, whose status may be a failure of its own (LULL_ECLOSED for a closed
 * channel, LULL_ESRCH for a stale handle), and then sets lull_last_error; LULL_EINVAL for no cases, more than INT_MAX,
 * or a case that names no operation or two, waits for the current task, or sends no element; LULL_ENOMEM; else
 * as lull_yield_to: then nothing has happened. A lull_resume of the task while it waits so is ignored.
 *
 * To a yieldable, each case is a waiter of its own: as soon as one case has happened, lull_resume, lull_schedule and
 * lull_throw of the others return LULL_ESRCH. Their ends are called before the task runs on.
 */
LULL_NODISCARD int lull_select(lull_case *cases, size_t count);

/* The same without waiting: LULL_EBUSY where no operation is possible now. For tasks only, too. */
LULL_NODISCARD int lull_try_select(lull_case *cases, size_t count);

/* Seed the random choices of all tasks. A program starts with 1; 0 counts as 1. */
void lull_seed(uint32_t seed);

#endif
