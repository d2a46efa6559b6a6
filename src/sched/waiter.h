/* Waiters: tasks, and proxies of tasks, in waiter lists; first come, first served. */
#ifndef LULL_WAITER_H
#define LULL_WAITER_H

#include "base/error.h"
#include "base/handle.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/owned.h"
#include "base/timer.h"
#include "lull.h"

struct lull__task;

/* What is in the value of a waiter. */
typedef enum lull__item_kind {
    LULL__NO_ITEM,  /* what it is resumed with, and what its wait returns */
    LULL__ELEMENT,  /* an element for a channel or from one, in the value itself */
    LULL__BOX,      /* a larger element: the address of a copy, which the waiter owns */
    LULL__ARGUMENT, /* of a task that has not started: what its function is called with */
    LULL__CALL      /* of a task that is in a host call: the address of its future */
} lull__item_kind;

typedef struct lull__item {
    uint8_t kind : 3;          /* lull__item_kind */
    uint8_t size_less_one : 3; /* of an element that is in the value, in bytes */
    uint8_t owned : 2;         /* lull__owned: what an element owns, once it has been received */
} lull__item;

typedef struct lull__waiter {
    lull__link link;                   /* its place in the list of what it waits for */
    lull__timer wake;                  /* a first run, a pause, a lull_schedule */
    uint32_t index : LULL__INDEX_BITS; /* of its handle; 0: it has none */
    lull__item item;                   /* what is in `value` */
    lull_value value;
} lull__waiter;

typedef void lull__on_wake(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next);

/*
 * A proxy waiter waits in place of a task, which waits for several things at once (multiwait.c); or for nobody but its
 * own callback: a watch of a task's end, a wait of JavaScript's.
 */
typedef struct lull__proxy {
    lull__waiter waiter;     /* first */
    struct lull__task *task; /* the task that it waits for; NULL: none */
    lull__on_wake *on_wake;  /* called in place of lull__wake */
    bool waiting;            /* until its wait ends; never set for a watch, which receives nothing */
} lull__proxy;

/* Make a proxy that does not wait yet. */
void lull__proxy_init(lull__proxy *proxy, struct lull__task *task, lull__on_wake *on_wake);

typedef struct lull__waiters {
    lull_yieldable yieldable; /* first: the yieldable's begin and end get at the list */
    lull__link list;
} lull__waiters;

/* Make `waiters` a yieldable whose begin appends the waiter to the list, and whose end removes it. */
void lull__waiters_init(lull__waiters *waiters, const char *name);
/* The end of every yieldable whose begin puts the waiter into a list: removes it. */
void lull__end_in_list(lull_yieldable *self, lull_task waiter);
/* End the waits of all waiters in a list. Returns whether any received that. The error stays the caller's. */
bool lull__list_wake(lull__link *list, int status, lull_value value, lull__error *error);
static inline bool lull__waiters_wake(lull__waiters *waiters, int status, lull_value value, lull__error *error)
{
    return lull__list_wake(&waiters->list, status, value, error);
}

/* The waiter behind the handle that a yieldable's begin and end are given; NULL for another handle. */
lull__waiter *lull__waiter_get(lull_task handle);
/* lull__wake for any waiter. The error passes over. */
void lull__waiter_wake(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next);
LULL__HOOK void lull__hook_on_wake(lull__proxy *proxy, int status, lull_value value, lull__error *error, bool next);

static inline bool lull__is_proxy(const lull__waiter *waiter)
{
    return waiter->wake.alarm == LULL__PROXY_ALARM;
}
static inline lull__proxy *lull__proxy_of(lull__waiter *waiter)
{
    return LULL__CONTAINER(waiter, lull__proxy, waiter);
}
/* Whether a waiter in a list still waits: a proxy stays in its list for a while after its wait has ended. */
static inline bool lull__is_waiting(lull__waiter *waiter)
{
    return !lull__is_proxy(waiter) || lull__proxy_of(waiter)->waiting;
}

/* A task starts: what its waiter had before the first run is no longer there. */
static inline void lull__waiter_free_up(lull__waiter *waiter)
{
    waiter->item = (lull__item){LULL__NO_ITEM, 0, 0};
    lull__list_init(&waiter->link);
}

/* Free a waiter's item, if it owns one. (Not a host call.) */
static inline void lull__item_free(lull__waiter *waiter)
{
    if (waiter->item.kind == LULL__BOX) {
        lull__free(lull_to_pointer(waiter->value));
    } else {
        lull__owned_free((lull__owned)waiter->item.owned, waiter->value);
    }
    waiter->item = (lull__item){LULL__NO_ITEM, 0, 0};
}

#endif
