/* What all primitives of lull_sync.h share: the queue, its wait, and the watch. */
#ifndef LULL_SYNC_INTERNAL_H
#define LULL_SYNC_INTERNAL_H

#include "sched/wait.h"
#include "sched/wait_graph.h"

_Static_assert(sizeof(lull__queue) == sizeof(lull__waiters), "a lull__queue is a lull__waiters, to its users");
_Static_assert(sizeof(lull__watch) >= sizeof(lull__proxy), "a lull__watch is a lull__proxy, to its users");

/* ---- The queue: ready for use after the first lull__sync_init -------------------------------------------------- */

static inline lull__waiters *lull__sync_waiters(lull__queue *queue)
{
    return (lull__waiters *)(void *)queue;
}

/* The queue as a yieldable. The first call sets it up. */
static inline lull_yieldable *lull__sync_init(lull__queue *queue, int (*begin)(lull_yieldable *, lull_task),
                                              void (*end)(lull_yieldable *, lull_task), const char *name)
{
    lull__waiters *waiters = lull__sync_waiters(queue);
    if (!waiters->list.next) {
        lull__list_init(&waiters->list);
        waiters->yieldable = (lull_yieldable){begin, end, name};
    }
    return &waiters->yieldable;
}

/*
 * The first waiter; NULL. A case of a select that has ended otherwise stays in the queue for a while, but does not
 * count.
 */
static inline lull__waiter *lull__sync_first(lull__queue *queue)
{
    const lull__link *list = &lull__sync_waiters(queue)->list;
    for (lull__link *link = list->next; link && link != list; link = link->next) {
        lull__waiter *waiter = LULL__CONTAINER(link, lull__waiter, link);
        if (lull__is_waiting(waiter)) return waiter;
    }
    return NULL;
}

static inline void lull__sync_push(lull__queue *queue, lull__waiter *waiter)
{
    lull__list_push_back(&lull__sync_waiters(queue)->list, &waiter->link);
}

static inline bool lull__sync_is_queued(const lull__waiter *waiter)
{
    return !lull__list_empty(&waiter->link);
}

/* ---- The wait: its value is the queue's address, plus `word`, by which it knows a lull_resume -------------------- */

/* End a wait with success. `word` is 0 or 1. */
void lull__sync_grant(lull__queue *queue, lull__waiter *waiter, int word);
/* End all waits. */
void lull__sync_wake_all(lull__queue *queue, int status);
/* Wait in a queue that is set up. A lull_resume does not end that. Returns the word, or what failed the wait. */
int lull__sync_wait(lull__queue *queue);

/* The running task, if nothing interrupts it; NULL. It may then take what is free without a wait. */
static inline lull__task *lull__sync_undisturbed(void)
{
    lull__task *task = lull__rt.running;
    return task && (!task->interrupted || lull__is_undisturbed(task)) ? task : NULL;
}

/* ---- The watch: learns of the end of a task -------------------------------------------------------------------- */

/* Have `ended` called at the end of this task (NULL: of none), and of no other. The task's error passes to it. */
void lull__sync_watch(lull__watch *watch, lull__task *task, lull__on_wake *ended);

#endif
