/*
 * The kernel's data and its internal functions: the whole state of an instance, documented where it is declared.
 *
 * Invariants
 *   A task is in the ready queue, or in the waiter list of what it waits for, or in neither.
 *   kernel.running is the task whose C code runs; it is NULL while the loop calls anything, and while JavaScript runs
 *   on top of a task.
 *   Only the switch knows how a task is suspended. Nothing here looks into a suspended task's stack, or keeps a pointer
 *   into one: it may be moved away.
 */
#ifndef LULL_KERNEL_H
#define LULL_KERNEL_H

#include <stdarg.h>

#include "lull.h"
#include "port/switch.h"

#ifndef __wasm__
typedef int32_t lull_ref; /* native builds have no JavaScript values; the type keeps one struct layout */
#endif

/* Kept out of its caller, which would have a C stack frame otherwise: see LULL__BLOCKING. */
#define LULL__APART __attribute__((noinline))

/* Kept out of its callers, which are small so that engines inline them into one another. */
#define LULL__COLD __attribute__((noinline, cold))

/* ---- Lists: circular, doubly linked, so that a task leaves one in constant time ------------------------------- */

typedef struct lull__link {
    struct lull__link *next;
    struct lull__link *previous;
} lull__link;

static inline void lull__list_init(lull__link *list)
{
    list->next = list->previous = list;
}

static inline bool lull__list_empty(const lull__link *list)
{
    return list->next == list;
}

static inline void lull__list_insert_after(lull__link *place, lull__link *link)
{
    link->next = place->next;
    link->previous = place;
    place->next->previous = link;
    place->next = link;
}

static inline void lull__list_push_back(lull__link *list, lull__link *link)
{
    lull__list_insert_after(list->previous, link);
}

/* Take a link out of its list; harmless for one that is in none. */
static inline void lull__list_remove(lull__link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    lull__list_init(link);
}

#define LULL__CONTAINER(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* ---- Memory: counted, so that a leak shows ------------------------------------------------------------------- */

/* As malloc and free. What the runtime allocates for itself comes from here; what passes to the user, from malloc. */
void *lull__alloc(size_t size);
void lull__free(void *memory);
/*
 * Larger memory with the contents of `memory`, which is freed; NULL where there is none: then it stays. Not by
 * realloc, which is large and otherwise in few programs.
 */
void *lull__grow(void *memory, size_t size, size_t grown_size);

/* A pool of blocks of one size. */
typedef struct lull__pool {
    size_t size;                /* a multiple of the alignment of what is in the blocks */
    struct lull__spare *spares; /* blocks that nobody has */
    struct lull__slab *slabs;   /* what all blocks are parts of, the newest first */
    struct lull__slab *idle;    /* of these and those behind it, no block is among the spares or taken */
    size_t taken;
} lull__pool;

/* A block, or NULL where there is no memory. */
void *lull__pool_take(lull__pool *pool);
void lull__pool_give(lull__pool *pool, void *block);
/* Free all blocks. Nobody may have one any longer. */
LULL__COLD void lull__pool_dispose(lull__pool *pool);

/* ---- Errors: shared by all who were given the same one -------------------------------------------------------- */

/* JavaScript reads this layout: see LULL__LAYOUT_MAP. */
typedef struct lull__error {
    lull_error public;          /* code and message, as lull_last_error shows them */
    uint32_t references;        /* how many hold it */
    lull_ref thrown;            /* the JavaScript error that this one is; 0 where C made it */
    struct lull__error *cause;  /* what a C error was made from; NULL */
    struct lull__error **joint; /* the failures that it stands for, the first of which is its cause; NULL */
    size_t joint_count;         /* how many those are; 0 */
} lull__error;

/* A new error, of one reference. `message` is copied. NULL where there is no memory. */
lull__error *lull__error_new(int code, const char *message, size_t length, lull__error *cause);
/* The same with the message printed; a NULL format gives the current task's last error, if it has this code. */
lull__error *lull__error_print(int code, const char *format, va_list arguments);
/*
 * One error for several failures: the only one, or a new one of the first one's code. The errors and the array, which
 * came from lull__alloc, pass to it. NULL for none, or where there is no memory.
 */
lull__error *lull__error_join(lull__error **errors, size_t count);
/* One more reference; NULL for NULL. */
lull__error *lull__error_retain(lull__error *error);
void lull__error_release(lull__error *error);

/* ---- Handles: an index in the low 24 bits, the generation of its slot above ------------------------------------ */

typedef enum lull__kind {
    LULL__FREE,
    LULL__TASK_KIND,
    LULL__FUTURE_KIND,
    LULL__GROUP_KIND,
    LULL__CHANNEL_KIND,
    LULL__GENERATOR_KIND,
    LULL__WAITER_KIND,
    LULL__KINDS
} lull__kind;

/* A new handle for `object`, or LULL_ENOMEM. */
int64_t lull__handle_new(lull__kind kind, void *object);
/* The index of a handle: half as long, for who can ask for the handle while it is valid. */
enum { LULL__INDEX_MAX = (1 << LULL__INDEX_BITS) - 1 };
static inline uint32_t lull__handle_index(int64_t handle)
{
    return (uint32_t)handle & LULL__INDEX_MAX;
}
/* The handle with this index. */
int64_t lull__handle_at(uint32_t index);
/* The object, or NULL for a handle that is stale, unknown or of another kind. */
void *lull__handle_get(lull__kind kind, int64_t handle);
void lull__handle_free(int64_t handle); /* or its index alone */
/* The next object of this kind after *index, which starts as 0; NULL at the end. */
void *lull__handle_next(lull__kind kind, uint32_t *index);

/* ---- Timers: a heap of deadlines; equal ones fire in the order in which they were armed ------------------------- */

/* Whose time it is. */
typedef enum lull__alarm { LULL__TASK_ALARM, LULL__STANDIN_ALARM, LULL__SCOPES_ALARM, LULL__GROUP_ALARM } lull__alarm;

typedef struct lull__timer {
    uint32_t position : 28; /* in the heap, from 1; 0: not armed */
    uint32_t alarm : 4;     /* lull__alarm */
} lull__timer;

/* Arm or re-arm. Returns 0 or LULL_ENOMEM. */
int lull__timer_arm(lull__timer *timer, double deadline);
void lull__timer_remove(lull__timer *timer);
static inline void lull__timer_disarm(lull__timer *timer)
{
    if (timer->position) lull__timer_remove(timer);
}
/* Fire all that are due at `now`. */
void lull__timers_fire(double now);
/* The earliest deadline; LULL_FOREVER where none is armed. */
double lull__timers_next(void);
/* How many are armed. */
uint32_t lull__timers_count(void);

/* What a value owns until somebody takes it. */
#define LULL__OWNED(what) LULL__OWNS_##what,
typedef enum lull__owned { LULL__OWNED_MAP(LULL__OWNED) } lull__owned;
#undef LULL__OWNED

/* Free that. */
void lull__owned_free(lull__owned owned, lull_value value);

/* ---- Waiters: those who wait for one thing, first come, first served ------------------------------------------- */

/* A task or a stand-in. */
typedef struct lull__waiter {
    lull__link link;                   /* its place among those who wait for the same */
    lull__timer wake;                  /* a first run, a pause, a lull_schedule */
    uint32_t index : LULL__INDEX_BITS; /* of its handle; 0: it has none */
    uint8_t item;                      /* see LULL__NO_ITEM */
    lull_value value; /* its item, if it has one; else what it is resumed with, and what its wait returns */
} lull__waiter;

/*
 * What is in the value of a waiter that gives an element to a channel, or was given one: the element, of so many bytes;
 * above that is what it owns, if it was given: lull__owned; …
 */
enum {
    LULL__NO_ITEM = 0,
    LULL__ITEM_SIZE = 0xf,
    LULL__ITEM_OWNED = 4,
    LULL__BOX = sizeof(lull_value) + 1, /* … or the address of a copy, which is the waiter's; */
    LULL__ARGUMENT, /* or, until a task has started, the pointer that its function is called with; */
    LULL__CALL      /* or, of a task that is in a host call, the address of its future */
};

typedef void lull__over(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next);

/*
 * Who is told of the end of a wait: in place of a task that waits for several things at once (see several.c), or as a
 * watch.
 */
typedef struct lull__standin {
    lull__waiter waiter;     /* first */
    struct lull__task *task; /* who waits; NULL: no task */
    lull__over *over;        /* is told, as lull__wake is */
    bool waits;              /* until its wait is over; never for a watch that receives nothing */
} lull__standin;

/* One that does not wait yet. */
void lull__standin_init(lull__standin *standin, struct lull__task *task, lull__over *over);

typedef struct lull__waiters {
    lull_yieldable yieldable; /* first: a yieldable's begin and end get at the list */
    lull__link list;
} lull__waiters;

/* Make `waiters` a yieldable whose begin queues the waiter and whose end takes it out. */
void lull__waiters_init(lull__waiters *waiters, const char *name);
/*
 * End the waits of all in a list, as lull__waiter_wake does. Returns whether there were any. The error stays the
 * caller's.
 */
bool lull__list_wake(lull__link *list, int status, lull_value value, lull__error *error);
static inline bool lull__waiters_wake(lull__waiters *waiters, int status, lull_value value, lull__error *error)
{
    return lull__list_wake(&waiters->list, status, value, error);
}

/* The waiter behind the handle that a yieldable's begin and end are given; NULL for another. */
lull__waiter *lull__waiter_get(lull_task handle);
/* As lull__wake, of a task or of a case. */
void lull__waiter_wake(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next);
void lull__wake_fired(lull__timer *timer);
void lull__standin_fired(lull__timer *timer);
static inline bool lull__is_standin(const lull__waiter *waiter)
{
    return waiter->wake.alarm == LULL__STANDIN_ALARM;
}
static inline lull__standin *lull__standin_of(lull__waiter *waiter)
{
    return LULL__CONTAINER(waiter, lull__standin, waiter);
}
/* Whether somebody waits for what it waits for: not where that is over, which it is in the list of still. */
static inline bool lull__waits(lull__waiter *waiter)
{
    return !lull__is_standin(waiter) || lull__standin_of(waiter)->waits;
}
/* The end of those yieldables whose begin puts the waiter into a list: takes it out. */
void lull__end_in_list(lull_yieldable *self, lull_task waiter);

/* ---- Tasks ------------------------------------------------------------------------------------------------------ */

#define LULL__STATE(name, status) LULL__##name,
typedef enum lull__state { LULL__STATE_MAP(LULL__STATE) } lull__state;
#undef LULL__STATE

typedef struct lull__defer {
    struct lull__defer *next;
    void (*function)(void *argument);
    void *argument;
} lull__defer;

/* The arguments of a task that JavaScript spawned, or of a generator. */
typedef struct lull__arguments {
    lull_ref ticket; /* the host's: who is told of its end; 0 */
    void *block;     /* the memory that they point into, freed with them; NULL */
    size_t size;     /* bytes of all this */
    _Alignas(lull_value) char packed[];
} lull__arguments;

/* What a wait or a body has come to. */
typedef struct lull__outcome {
    lull_value value;
    lull__error *error; /* NULL where there was none, or no memory for it */
    int status;
} lull__outcome;

/*
 * A scope that a task is in. It lies in the kernel's memory, so that it can be looked at while the task's stack is
 * set aside; the user's lull_scope is its token.
 */
typedef struct lull__scope {
    const lull_scope *token; /* NULL: it is the runtime's own */
    struct lull__scope *outer;
    double deadline;  /* its own, on the clock of lull_now */
    double effective; /* the earliest of those that reach it */
    bool shield;      /* what lies outside does not reach in */
    bool canceled;
    bool expired;
} lull__scope;

/* A task, as far as every task needs it. A million of them sleep: each byte counts. */
typedef struct lull__task {
    lull__waiter waiter;        /* its own */
    struct lull__task *next;    /* in the ready queue; NULL: the last */
    lull__context context;      /* where it stands while it does not run */
    lull_function function;     /* what it runs */
    char *stack;                /* NULL before its first run and after its end */
    size_t stack_size;          /* bytes at stack, or to be */
    int status;                 /* how its last wait that failed ended, or its body; may be LULL__INTERRUPTED */
    lull_yieldable *waiting_on; /* what it waits for; NULL: to be resumed by anybody */
    const char *name;           /* static, or lull__alloc'ed where owns_name */
    uint32_t slices;            /* how often it ran */
    lull__arguments *arguments; /* that it was spawned with, freed at its end; NULL */
    struct lull__extra *extra;  /* never NULL: see lull__no_extra */
    lull__link ended;           /* who joins it, or watches for its end */
    uint64_t number : 48;       /* how the host knows it: 1 for the first task, and so on */
    uint8_t state;              /* lull__state */
    bool interrupted : 1;       /* something may fail its waits: lull__interruption looks further */
    bool failed : 1;            /* its wait has, and it does not know yet */
    bool canceled : 1;          /* lull_cancel */
    bool killed : 1;            /* its defers do not wait; in a host call: it ends when JavaScript returns */
    bool cleaning : 1;          /* its body is over, its defers run */
    bool owns_name : 1;
    bool shares_stack : 1;  /* see shared_stack.c; its `stack` is the copy, if it is moved away */
    uint64_t parent : 48;   /* the number of the task that spawned it; 0 for the host */
    uint16_t refusals : 12; /* how many waits in a row its scopes or its cancellation have failed */
    uint16_t ready_as : 4;  /* its state when it is ready: LULL__FRESH before its first run */
} lull__task;

static inline lull_task lull__task_handle(const lull__task *task)
{
    return lull__handle_at(task->waiter.index);
}

/* What its function is called with when it starts; after that, anything. */
static inline void *lull__task_argument(const lull__task *task)
{
    return lull_to_pointer(task->waiter.value);
}

/* Whether it has run. */
static inline bool lull__has_started(const lull__task *task)
{
    return task->ready_as != LULL__FRESH;
}

/* What only some tasks need. One that needs any of it gets all of it, until its end. */
typedef struct lull__extra {
    lull__task *task;           /* whose it is; NULL: nobody's */
    lull_yieldable join;        /* its end, as a yieldable */
    lull__outcome outcome;      /* how its body ended, once it has */
    lull__error *arriving;      /* what the end of its wait brings; NULL */
    int before;                 /* its status before it was ended from outside; 0 */
    lull__error *error;         /* of its last failed wait; NULL where there was none, or it had no more than a code */
    uint16_t shields;           /* how many of its scopes are shields */
    bool limited;               /* its outermost scope is that of its timeout: `own` */
    bool deaf;                  /* nothing interrupts its wait: it has killed its children, and waits for their end */
    uint8_t emits;              /* bytes of the elements that it hands to JavaScript; 0: it does not */
    lull_chan output;           /* where it hands its elements out: it is a generator; 0 */
    lull_future settles;        /* the future that its end settles; 0 */
    lull__timer deadline;       /* the earliest deadline of its scopes */
    double passed;              /* the time at which a deadline of its own fired last; -1 */
    double cleanup;             /* until when its cleanup may wait; 0: it has not begun */
    lull__scope *scope;         /* its innermost scope; NULL */
    lull__scope own;            /* around its body, where it has a timeout; then around each part of its cleanup */
    lull__scope relock;         /* around what ends a wait for a condition */
    lull__error *reason;        /* why it is cancelled; NULL where nobody says */
    struct lull__group *group;  /* whose child it is; NULL */
    lull__link sibling;         /* its place among the children of that group */
    struct lull__group *groups; /* that it has open: the innermost; NULL */
    struct lull__several *several; /* the wait for several things that it is in; NULL */
    struct lull__local *locals;    /* NULL: it has none */
    lull__defer *defers;           /* last first */
} lull__extra;

/* What a task has that needs none: it can be read, but not written. */
extern const lull__extra lull__no_extra;
/* A task's own extra, which can be written. NULL where there is no memory. */
LULL__COLD lull__extra *lull__task_extra(lull__task *task);

/*
 * How a task's body ended, once it has: in its extra; where it has none, there was no error, and the rest is in the
 * fields for the end of a wait, since there will be none any more.
 */
static inline lull__outcome lull__task_outcome(const lull__task *task)
{
    if (task->extra->task) return task->extra->outcome;
    return (lull__outcome){.value = task->waiter.value, .status = task->status};
}

/* The task that waits, or has waited; NULL for a stand-in of none. */
static inline lull__task *lull__waiter_task(lull__waiter *waiter)
{
    return lull__is_standin(waiter) ? lull__standin_of(waiter)->task : LULL__CONTAINER(waiter, lull__task, waiter);
}

/* Free a waiter's item, if it has one; a host call is not freed so. */
static inline void lull__item_free(lull__waiter *waiter)
{
    if (waiter->item == LULL__BOX) {
        lull__free(lull_to_pointer(waiter->value));
    } else {
        lull__owned_free((lull__owned)(waiter->item >> LULL__ITEM_OWNED), waiter->value);
    }
    waiter->item = LULL__NO_ITEM;
}

/* A wait's status where the task itself has to find out which of its scopes ended it. */
#define LULL__INTERRUPTED 1

static inline lull__task *lull__task_get(lull_task handle)
{
    return (lull__task *)lull__handle_get(LULL__TASK_KIND, handle);
}

/* Give the running task, at its first run, a stack. False: there is no memory, and it has failed. */
LULL__COLD bool lull__task_start(lull__task *task);
/* After a slice that was its task's last: its function has returned, or else it has ended. */
LULL__COLD void lull__slice_ended(lull__task *task, bool returned, lull_value result);
/* Have the defers of a task that has ended run, or finish it. */
void lull__task_ended(lull__task *task);
/* End a task that is not running, with an error that passes to it (NULL: the code's text). */
void lull__task_end(lull__task *task, int code, lull__error *error);
/* The same, but the end of its wait is left to lull__end_tasks. Returns whether that has something to do. */
bool lull__task_ending(lull__task *task, int code, lull__error *error);
void lull__end_tasks(void);
/* End a task without even its defers. From the host only. */
void lull__task_discard(lull__task *task);
/* Whether a failure that nobody receives is the host's to know. Who cancels or kills knows already. */
static inline bool lull__is_news(int code)
{
    return code < 0 && code != LULL_ECANCELED && code != LULL_EKILLED;
}
/* Kill the running task: it has ended, and must suspend next. */
void lull__task_doom(lull__task *task);
/* Whether it is to be, because it was killed where it could not end at once. */
static inline bool lull__is_doomed(const lull__task *task)
{
    return task->killed && !task->cleaning;
}
/* Failures of a task's groups, the first with this code, that it ends without having received. They pass to it. */
void lull__task_add_failures(lull__task *task, int code, lull__error **failures, size_t count);
/* End the running task from any depth: the switch drops its stack. */
LULL_NORETURN void lull__task_exit(lull__task *task, int code, lull_value value, lull__error *error);
/*
 * How to spawn the next task that JavaScript asks for: see lull_spawn_options. `name` lies in its block (NULL: its
 * own).
 */
void lull__js_options(double delay, double timeout, size_t stack_size, const char *name);
/* A copy of packed arguments. NULL where there is no memory. The block passes over, then too. */
lull__arguments *lull__arguments_new(const void *packed, size_t size, void *block, lull_ref ticket);
void lull__arguments_free(lull__arguments *arguments);

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* An error comes with the end of a task's wait, and passes to the task. There is none yet. */
LULL__COLD void lull__arrive(lull__task *task, lull__error *error);
/* What has come so, which passes to the caller; NULL. */
LULL__COLD lull__error *lull__arrived(lull__task *task);
/* End a task's wait, and let it run after the ready ones, or next. An error passes to the task. */
void lull__wake(lull__task *task, int status, lull_value value, lull__error *error, bool next);
/* End a task's wait because of its scopes or its cancellation, if it has one that they reach. */
void lull__interrupt(lull__task *task);
/* What fails the current task's waits: 0, LULL_ECANCELED or LULL_ETIMEDOUT. Called by the task itself only. */
int lull__interruption(lull__task *task);
/*
 * Around code of the user's that is called in the middle of something, and so may not suspend: the end of a yieldable,
 * and what JavaScript does when it is told of something. lull__unmask takes what lull__mask has returned.
 */
LULL__APART lull__task *lull__mask(void);
LULL__APART void lull__unmask(lull__task *running);
/*
 * Take a waiting task out of whatever would wake it. Returns what it waited for, whose end is still to be called; or
 * NULL.
 */
lull_yieldable *lull__wait_over(lull__task *task);
/* lull_throw. The error passes over. */
int lull__throw(lull_task handle, int code, lull__error *error);
/* Put a task into the ready queue, next or behind the others. */
void lull__ready_next(lull__task *task);
void lull__ready(lull__task *task);
/* Remember why a wait of the current task failed. Returns the code. An error passes to the task. */
int lull__wait_failed(lull__task *task, int code, lull__error *error);
/*
 * A wait, in the form that switch.h asks for: begin says whether to suspend (1), or not because the wait is over (0)
 * or has failed (negative); end says what it came to.
 */
int lull__wait_begin(lull__task *task, lull_yieldable *yieldable);
static inline int lull__wait_end(lull__task *task, lull_value *value);
/*
 * Whether the current task (NULL: none) may wait now: 0, or why not, remembered as its last failure; 1 where it has
 * been killed because it kept asking: it suspends, for good.
 */
int lull__may_wait(lull__task *task);

/* The end of a task, as a yieldable; NULL for a stale handle. Returns 0 or LULL_ENOMEM. */
int lull__end_of(lull_task handle, lull_yieldable **yieldable);
/* Whether there is something for lull__interruption to look at. */
static inline bool lull__may_be_interrupted(const lull__task *task)
{
    return task->canceled || task->killed || task->extra->scope;
}

/* Seconds that can be waited: not negative, a number. */
static inline bool lull__valid_delay(double seconds)
{
    return seconds >= 0;
}

/* ---- Who holds it --------------------------------------------------------------------------------------------------- */

/*
 * How to find the tasks that the end of a wait depends on, by the begin of what is waited for: asked only to explain a
 * deadlock. Each kind of thing that somebody holds has its own, so that a program without that kind does not carry it along.
 */
typedef struct lull__holding {
    int (*begin)(lull_yieldable *self, lull_task waiter);
    /*
     * The number of the first holder where *cursor is 0, then of the one after; 0: no further one. Of a thing that is
     * several: the first of those, then the one after, each as its address times -1.
     */
    double (*next_holder)(lull_yieldable *self, size_t *cursor);
    struct lull__holding *next; /* in the kernel's list; NULL: the last, or not in it yet */
} lull__holding;

/* The end of a task, which that task holds: the last in the list. */
extern lull__holding lull__joining;

/* The next_holder of what one task at most holds. */
double lull__only_holder(lull_task handle, size_t *cursor);

/* ---- Scopes and cancellation ------------------------------------------------------------------------------------- */

/* Enter a scope of the current task, in memory that stays the caller's. Returns what lull_scope_enter does. */
int lull__scope_enter(lull__scope *scope, double seconds, bool shield);
int lull__scope_exit(lull__scope *scope, int status);
/* Forget the scopes of a task. */
void lull__scopes_leave(lull__task *task);
/* Limit all that a task that has not run yet does. Returns 0 or LULL_ENOMEM. */
int lull__task_limit(lull__task *task, double seconds);
/* Whether the end of a scope ends the waits of what is done in the scope `innermost`: no shield lies between. */
bool lull__scope_reaches(const lull__scope *scope, const lull__scope *innermost);
/* lull_cancel, and why, which stays the caller's. */
void lull__cancel(lull__task *task, lull__error *reason);
/* Its own part of that: not its groups'. */
void lull__cancel_alone(lull__task *task, lull__error *reason);
/*
 * What a wait of the current task that was interrupted with this status fails with; NULL where nobody says. Retained.
 */
lull__error *lull__interruption_error(const lull__task *task, int status);
/* A deadline of a task's scopes has come. */
void lull__deadline_fired(lull__timer *timer);

/* ---- Stacks that tasks share ------------------------------------------------------------------------------------- */

/* What the kernel asks of them: by way of a pointer, so that a program without them does not carry them along. */
struct lull_stack {
    size_t size; /* bytes */
    /* Run a slice of a task, and see to what comes after it, as the loop does. */
    void (*run)(lull__task *task);
    /* Free the copy of what a task keeps there; of NULL: all. Then no task may be left. */
    void (*free)(lull__task *task);
};

/* ---- Groups ------------------------------------------------------------------------------------------------------ */

/*
 * What the kernel asks of groups: by way of their own pointer, so that a program without groups does not carry them
 * along.
 */
typedef struct lull__group_methods {
    /* A child has ended: the end of its membership, and maybe of its siblings. */
    void (*leave)(lull__task *child);
    /*
     * Cancel the groups that a task has open, as far as what befell one of its scopes (NULL: the task itself) reaches
     * them.
     */
    void (*cancel)(lull__task *task, const lull__scope *scope, lull__error *reason);
    /* The task has ended with groups open: cancel them, and wait for their children as far as it still may wait. */
    void (*wind_up)(lull__task *task);
    /* Free the groups that a task has open. Their children go on by themselves. */
    void (*drop)(lull__task *task);
} lull__group_methods;

/*
 * A group is a scope of the task that opened it, and the tasks that were spawned into it. It lies in the kernel's
 * memory, so that those reach it while its owner's stack is set aside.
 */
typedef struct lull__group {
    lull__waiters childless; /* first: lull_group_yieldable gives its address */
    const struct lull__group_methods *methods;
    lull_group handle;
    lull__scope scope;           /* of the owner, from open to wait */
    lull__scope shield;          /* in which the owner waits for children that are cancelled */
    lull__task *owner;           /* who opened it */
    struct lull__group *outer;   /* the owner's next */
    struct lull__group *pending; /* the next whose children are to be cancelled: see kernel.canceling */
    lull__link children;         /* that have not ended … */
    lull__link next_children;    /* … and those of them that are still to be cancelled or killed */
    lull__timer deadline;        /* the earliest that reaches the children through the owner */
    lull__error *reason;         /* why it is canceled; NULL where nobody says */
    lull__error **failures;      /* of its children, first to last */
    size_t failures_count;
    size_t failures_room;
    size_t live;     /* children */
    int failed;      /* the code of the first failure; 0 */
    bool reached;    /* the owner's cancellation reaches in: no shield lay around it */
    bool canceled;   /* its children are, those to come included */
    bool killed;     /* its children are: nothing more is spawned into it */
    bool incomplete; /* a child was cut short by that */
} lull__group;

static inline lull__group *lull__group_get(lull_group handle)
{
    return (lull__group *)lull__handle_get(LULL__GROUP_KIND, handle);
}

/* A task is a child of a group from now on. */
void lull__group_join(lull__group *group, lull__task *child);

/* ---- Locals ------------------------------------------------------------------------------------------------------ */

/* Give a task a copy of another one's locals. False where there is no memory. */
bool lull__locals_copy(lull__task *task, const lull__task *from);
void lull__locals_free(lull__task *task);

/* ---- Channels ---------------------------------------------------------------------------------------------------- */

/*
 * What lull_select needs of them: what to wait for. To send, the waiter gets a copy of the element; NULL in *yieldable
 * where the handle is stale. Returns 0 or LULL_ENOMEM.
 */
int lull__sending(lull_chan handle, lull__waiter *waiter, const void *element, lull_yieldable **yieldable);
lull_yieldable *lull__receiving(lull_chan handle);
/* Take what a waiter was given out of it, to `element` or to nowhere. */
void lull__item_take(lull__waiter *waiter, void *element);
/* The elements of a channel come from this task only. */
void lull__channel_fed_by(lull_chan handle, lull_task task);

/* ---- Generators -------------------------------------------------------------------------------------------------- */

/* lull_generate, of a task that is spawned with these options, and given back in *started. As lull__spawn. */
lull_generator lull__generate(size_t element_size, const lull_spawn_options *options, lull_task *started);
/*
 * Hand an element of the current task's to JavaScript, and wait until the next is asked for. Returns what lull_send
 * does.
 */
int lull__emit_to_host(const void *element);

/* ---- Waits for several things --------------------------------------------------------------------------------- */

/* When such a wait is over. */
typedef enum lull__until {
    LULL__ALL_SUCCEED,
    LULL__ONE_SUCCEEDS,
    LULL__ONE_IS_OVER,
    LULL__ONE_HAPPENS /* and none of the others after it */
} lull__until;

typedef struct lull__case {
    lull__standin standin;
    struct lull__several *several; /* what it is a case of */
    lull_yieldable *yieldable;     /* what it waits for; NULL: its time, if it has one, or a stale handle */
    const lull_case *given;        /* of lull_select: what it was asked for */
    double seconds;                /* 0: it has no time */
    lull__error *error;
    int status;   /* LULL_EBUSY: pending; else what it has come to, with the value of its waiter */
    size_t order; /* how many were over before */
} lull__case;

typedef struct lull__several {
    lull_yieldable yieldable; /* what the task waits for */
    lull__task *task;
    lull__until until;
    int (*prepare)(
        lull__case *entry); /* finds what a case waits for, right before that: 0 or LULL_ENOMEM; NULL: it is there */
    lull__case *beginning;  /* whose begin runs; NULL */
    size_t begun;           /* cases, from the first */
    size_t pending;         /* cases */
    lull__case *succeeded;  /* the first, before it was decided; NULL */
    lull__case *failed;     /* likewise */
    size_t count;
    lull__case cases[];
} lull__several;

/*
 * A wait of the current task, which is in no other, for so many things, which are still to be filled in; NULL where
 * there is no memory.
 */
lull__several *lull__several_new(lull__task *task, size_t count, lull__until until, const char *name);
/* Wait until it is decided. Returns 0, or what failed the wait. */
int lull__several_wait(lull__several *several);
/* The same without waiting: LULL_EBUSY where it is not decided at once. */
int lull__several_try(lull__several *several);
bool lull__several_decided(const lull__several *several);
/* Free what a task's wait for several things has left. */
void lull__several_leave(lull__task *task);

/* ---- Futures ----------------------------------------------------------------------------------------------------- */

typedef struct lull__future {
    lull__waiters waiters; /* first: lull_future_yieldable gives its address */
    lull_future handle;
    lull_value value;
    lull__error *error;            /* of a rejection; NULL where there was no memory for it */
    int status;                    /* 0, or the code of a rejection */
    lull_ref ticket;               /* the host call that settles it; 0 */
    lull__task *caller;            /* whose host call it is; NULL */
    struct lull__started *started; /* of a host call that nobody has finished; NULL */
    lull_task settler;             /* the task whose end settles it; 0 */
    bool settled;
    bool awaited;  /* somebody has awaited it: a rejection is not lost */
    uint8_t owned; /* lull__owned */
} lull__future;

static inline lull__future *lull__future_get(lull_future handle)
{
    return (lull__future *)lull__handle_get(LULL__FUTURE_KIND, handle);
}

/* A host call that a task has started, and nobody has finished. It ends with the task. */
typedef struct lull__started {
    lull__standin watch; /* of the task */
    lull__future *future;
    void (*drop)(struct lull__started *started); /* its future is freed: free it, and abandon the call */
} lull__started;

/* As lull__wait_begin, of a wait for a future by the task itself: what begin would do, without the way to it. */
int lull__await_begin(lull__task *task, lull__future *future);
/* Settle with a status, a value and an error that passes to the future. It must be pending. */
void lull__future_settle(lull__future *future, int status, lull_value value, lull__error *error);
/* Free it, and tell those who wait for it. */
void lull__future_drop(lull__future *future);
/* The host call that a task is in; NULL. */
static inline lull__future *lull__host_call_of(const lull__task *task)
{
    return task->waiter.item == LULL__CALL ? (lull__future *)lull_to_pointer(task->waiter.value) : NULL;
}
/* Its task has left a host call: if it was not over, JavaScript learns that, and why nobody waits any longer. */
void lull__host_call_leave(lull__future *call, int status, const lull__error *error);

/*
 * The calls of functions that may not suspend, each in a function of its own: the instrument step keeps Binaryen from
 * inlining those named lull__hook_…, and tells Asyncify that they do not suspend. Else half the kernel would be
 * instrumented.
 */
#define LULL__HOOK __attribute__((noinline))

LULL__HOOK int lull__hook_begin(lull_yieldable *yieldable, lull_task waiter);
LULL__HOOK void lull__hook_end(lull_yieldable *yieldable, lull__task *task, uint32_t waiter);
LULL__HOOK void lull__hook_fire(lull__timer *timer);
LULL__HOOK void lull__hook_over(lull__standin *standin, int status, lull_value value, lull__error *error, bool next);
LULL__HOOK void lull__hook_run_shared(lull__task *task);
LULL__HOOK void lull__hook_free_shared(lull__task *task);
LULL__HOOK double lull__hook_next_holder(const lull__holding *holding, lull_yieldable *yieldable, size_t *cursor);
/* As the methods of groups; nothing where there is none. */
LULL__HOOK bool lull__hook_group_leave(lull__task *child);
LULL__HOOK void lull__hook_go_on_canceling(void);
LULL__HOOK void lull__hook_drop_started(lull__future *future);
LULL__HOOK void lull__hook_groups_cancel(lull__task *task, const lull__scope *scope, lull__error *reason);

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

/*
 * Run ready tasks until there is none or `budget` seconds are over. Returns when to call again: 0 at once (after the
 * host's own events), else the seconds to the earliest deadline; negative: not before something wakes the instance.
 */
double lull__run(double budget);
/* What the host is told of as it happens, where it asks. */
#define LULL__EVENT(name, method) LULL__##name,
typedef enum lull__event { LULL__EVENT_MAP(LULL__EVENT) } lull__event;
#undef LULL__EVENT

/* Have the host call lull__run soon. */
LULL__COLD void lull__wake_host(void);
/* Free what the instance holds. No task may be left. */
void lull__dispose(void);
void lull__handles_dispose(void);
void lull__timers_dispose(void);

typedef struct lull__kernel {
    lull__task *ready;         /* the ready queue: its first task; NULL where it is empty */
    lull__task **last;         /* where the queue ends: the next of its last task, or &ready */
    lull__task **resumed;      /* where those in front end that lull_resume put there: likewise */
    lull__task *running;       /* see the invariants */
    lull__task *calling;       /* the task on top of which JavaScript runs; NULL */
    lull__task *hooked;        /* whose failure a trap is, while code runs that may not suspend: see lull__mask; NULL */
    lull__task *masked;        /* the task beneath such code: it runs, though it is not `running`; NULL */
    double now;                /* the clock at the loop's last look */
    lull__pool stacks;         /* of the default size */
    char *shared_stack;        /* the one that tasks share; NULL before the first of them runs */
    const lull_stack *sharing; /* what runs such tasks; NULL: there has been none */
    lull__pool tasks;
    lull__pool extras;
    lull__pool scopes;
    lull__pool futures;
    lull__pool packs;                             /* lull__arguments, if they are few */
    size_t live;                                  /* tasks that have not ended */
    size_t allocations;                           /* blocks of lull__alloc that are not freed */
    uint64_t spawned;                             /* tasks, ever */
    uint64_t switches;                            /* slices, ever */
    void (*disposers[LULL__KINDS])(void *object); /* by kind: what frees what the user has not; NULL */
    void (*group_alarm)(lull__timer *timer);      /* set by whoever opens a group */
    lull__task *ending;                           /* see lull__end_tasks; NULL */
    struct lull__group *canceling;                /* the first whose children are still to be cancelled; NULL */
    void (*go_on_canceling)(void);                /* set by whoever opens a group */
    lull__holding *holdings;                      /* the kinds of things that somebody holds */
    lull__error *given;                           /* the reason of the cancellation that the host has asked for; NULL */
    uint32_t random;                              /* the state of what lull_select chooses by */
    bool looping;                                 /* lull__run is on the stack */
    bool awake;                                   /* it is, or the host has been asked to call it */
    bool closing;                                 /* nothing more may be spawned */
    bool observed;                                /* the host is told of each lull__event */
} lull__kernel;

extern lull__kernel lull__self;

/* Make a kind known, wherever one of it comes about. */
static inline void lull__holding_add(lull__holding *holding)
{
    if (holding->next) return;
    holding->next = lull__self.holdings;
    lull__self.holdings = holding;
}

/* Whether a task's C code is on the processor's stack, and is not to be touched from outside. */
static inline bool lull__on_stack(const lull__task *task)
{
    return task == lull__self.running || task == lull__self.masked;
}

/* ---- What is small and often called ------------------------------------------------------------------------------ */

/*
 * The wait of a waiter, whose handle has this index, is over. Last: the end of a user's yieldable may do anything.
 */
static inline void lull__end_wait(lull_yieldable *yieldable, lull__waiter *waiter, lull__task *task, uint32_t index)
{
    if (!yieldable || !yieldable->end) return;
    if (yieldable->end == lull__end_in_list) {
        lull__list_remove(&waiter->link);
    } else {
        lull__hook_end(yieldable, task, index);
    }
}

/* As lull__wait_begin, of a task that may wait, where begin would do no more than put it into the list. */
static inline int lull__wait_in_list(lull__task *task, lull__waiters *waiters)
{
    task->state = LULL__WAITING;
    task->waiting_on = &waiters->yieldable;
    lull__list_push_back(&waiters->list, &task->waiter.link);
    return 1;
}

LULL__COLD int lull__wait_failure(lull__task *task);

static inline int lull__wait_end(lull__task *task, lull_value *value)
{
    if (task->failed) return lull__wait_failure(task);
    if (value) *value = task->waiter.value;
    return 0;
}

/* Put a suspended task behind the ready ones. */
static inline void lull__ready_last(lull__task *task)
{
    task->next = NULL;
    *lull__self.last = task;
    lull__self.last = &task->next;
}

#endif
