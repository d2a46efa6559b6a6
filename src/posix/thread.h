/*
 * Threads of POSIX: tasks with a record. Whatever a thread waits for has a list of its waiters in itself, so that the
 * types of the C library are large enough, and zeros are ready for use. See D105.
 */
#ifndef LULL_POSIX_THREAD_H
#define LULL_POSIX_THREAD_H

#include "posix/wait.h"

#if defined(__wasm__)

#include <pthread.h>
#include <signal.h>

#include "base/compiler.h"
#include "base/list.h"

/*
 * The head of a definition that takes the place of a strong one in the C library: the linker puts __wrap_name in place
 * of every use of the name (toolchain/link.js). The name itself stands for it, too: where the C library has none,
 * configure asks for it by another type, which the linker only allows of a name that is defined.
 */
#define LULL__WRAPPED(type, name, ...)                                                                                 \
    LULL__WEAK type __wrap_##name(__VA_ARGS__);                                                                        \
    type name(__VA_ARGS__) __attribute__((weak, alias("__wrap_" #name)));                                              \
    LULL__WEAK type __wrap_##name(__VA_ARGS__)

/* The head of a definition that does so with Emscripten, whose stubs are one object file that is always linked. */
#if defined(__EMSCRIPTEN__)
#define LULL__THREADS LULL__WRAPPED
#else
#define LULL__THREADS(type, name, ...)                                                                                 \
    LULL__WEAK type name(__VA_ARGS__);                                                                                 \
    LULL__WEAK type name(__VA_ARGS__)
#endif

/* ---- Lots: lists of waiters -------------------------------------------------------------------------------------- */

/* A kind of objects that threads wait for. */
typedef struct lull__lot_kind {
    const char *name;                        /* of the function that waits, as dumps have it */
    lull_task (*holder)(const void *object); /* the task that holds it; NULL: no task does */
    /*
     * For a lock: take it after the handler of a signal, without a wait. 0; EBUSY where that needs a wait; another
     * error. NULL: the caller looks at it itself.
     */
    int (*take)(void *object);
} lull__lot_kind;

/* The waiters, first come, first served: a member of what they wait for. All zeros are a list without waiters. */
typedef struct lull__lot {
    lull__link waiters;
} lull__lot;

/*
 * Wait until another task takes the caller out of the lot, up to `seconds`. pthread_cancel ends the wait early only
 * where it `is_cancelable`. Returns a status. May suspend.
 */
int lull__park(lull__lot *lot, const void *object, const lull__lot_kind *kind, double seconds, bool is_cancelable);
/* The same at a cancellation point, up to a time of lull_now. A lull_resume ends it, too: the caller looks again. */
int lull__park_once(lull__lot *lot, const void *object, const lull__lot_kind *kind, double deadline);
/* lull__park for a lock: returns an error number. A cancellation of the task ends it, as it does not hold the lock. */
int lull__park_for_lock(lull__lot *lot, void *object, const lull__lot_kind *kind, double seconds);
/* Whether the wait of the current thread, which ended so, is to begin anew: SA_RESTART. */
bool lull__park_restarts(int status);
/* The same at a cancellation point. */
int lull__park_at_point(lull__lot *lot, const void *object, const lull__lot_kind *kind, double seconds);
/* Let the first waiter go on. Returns its task; 0 where there is none. */
lull_task lull__unpark(lull__lot *lot);
void lull__unpark_all(lull__lot *lot);
size_t lull__lot_count(const lull__lot *lot);

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

/* The default. musl has twice as much, but natively all variables are on that stack. */
#define LULL__THREAD_STACK_SIZE ((size_t)65536)
#define LULL__PRIORITY_MAX 99

struct lull__specific;
struct lull__robust;

/* A signal, and where it comes from: what a handler with SA_SIGINFO is told. */
typedef struct lull__signal {
    int number; /* 0: none */
    int code;   /* SI_… */
    union sigval value;
    int timer; /* of SI_TIMER, as the next */
    int overrun;
} lull__signal;

/* A pending signal that is more than its bit. In malloc's memory. */
typedef struct lull__queued {
    struct lull__queued *next;
    lull__signal signal;
} lull__queued;

/* A thread's record: pthread_t is its address. */
typedef struct lull__thread {
    lull_yieldable wait; /* the wait that it is in */
    lull__lot *lot;      /* where it waits … */
    const void *object;  /* … for this */
    lull__lot_kind kind;

    lull_task task; /* 0: the record stands for all code outside of tasks */
    void *(*function)(void *argument);
    void *argument;
    void *value;                     /* its result */
    lull__lot ended;                 /* its joiners */
    struct __ptcb *cleanups;         /* last first */
    struct lull__specific *specific; /* the values of its keys; NULL: there are none */
    struct lull__robust *robust;     /* the robust mutexes that it holds */
    bool is_live;                    /* the record is one: else the pthread_t is stale */
    bool is_created;                 /* by pthread_create: else it is main(), or a task of lull */
    bool is_over;                    /* nothing of it runs any more */
    bool is_detached;
    bool is_joined;      /* another thread waits for its end */
    bool is_canceled;    /* by pthread_cancel */
    bool ignores_cancel; /* PTHREAD_CANCEL_DISABLE */
    bool is_locking;     /* it waits where pthread_cancel does not reach it */
    bool is_at_point;    /* it waits at a cancellation point */
    bool is_interrupted; /* its wait has ended for handlers that it is to run */
    bool restarts;       /* its wait goes on after them: SA_RESTART */
    bool is_handling;    /* a handler of it runs */
    bool is_ending;      /* its cleanup has begun */
    uint64_t blocked;    /* signals: its mask, by bits from 1 */
    uint64_t unhandled;  /* while a handler runs: the mask before the first */
    uint64_t pending;    /* held back by the mask */
    uint64_t awaited;    /* by its sigwait */
    lull__lot sigwait;
    lull__link others; /* all records */
    int cancel_type;
    int policy;
    int priority;
    char name[16];

    lull__queued *queued;  /* those of `pending` that are queued, in the order of their arrival */
    lull__signal taken;    /* by its sigwait */
    bool is_started;       /* of a created one: its function has begun */
    bool is_internal;      /* the task of a timer or of a copy, which takes no signal to the program */
    void *alternate_stack; /* as sigaltstack was told; NULL: none */
    size_t alternate_size;
} lull__thread;

/* The current thread. NULL where there is no memory for its record. */
lull__thread *lull__thread_self(void);
/* The record after this one; of NULL, the first: the oldest. NULL after the last. */
lull__thread *lull__thread_after(const lull__thread *thread);
/* Whether each task has a record. */
bool lull__threads_are_all(void);
/* Have cancellation points notice threads; and signals, for which each task that waits there needs a record. */
void lull__points_use(bool with_records);
/* The holder of locks that the current code takes: its task, -1 outside of tasks. */
lull_task lull__locker(void);
/* Call the destructors for the values of its keys. */
void lull__specific_end(lull__thread *thread);
/* Hand its robust mutexes to their waiters. */
void lull__robust_end(lull__thread *thread);

#endif

#endif
