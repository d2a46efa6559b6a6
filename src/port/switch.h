/*
 * The switch: how a task's execution is suspended and resumed. In wasm, the build chooses one of them (`lull build
 * --switch`): switch_asyncify.c; or, on the engine's own stacks, switch_stacks.c or switch_jspi.c; native builds under
 * sanitizers and debuggers have switch_ucontext.c. See D121, D122.
 *
 *     the loop                          the task
 *     lull__context_enter()  -------->  its function starts, or LULL__SUSPEND is over
 *         returns            <--------  its function returns, or LULL__SUSPEND is reached
 *
 * Every function that suspends by itself has the same form, because Asyncify resumes it by calling it again:
 *
 *     LULL__BLOCKING int wait_for(…)
 *     {
 *         if (!lull__context_resumed()) {
 *             …                            // what comes before; may return
 *             LULL__SUSPEND(&task->context);
 *         }
 *         return …;                        // what comes after, of the arguments and the task alone
 *     }
 */
#ifndef LULL_SWITCH_H
#define LULL_SWITCH_H

#include "lull.h"

#ifdef __wasm__
#include "port/c_stack.h"
#endif

#if !defined(__wasm__)
#define LULL__SWITCH_UCONTEXT
#elif !defined(LULL__SWITCH_STACKS) /* given by the build: toolchain/switches.js */
#define LULL__SWITCH_ASYNCIFY
#endif

typedef struct lull__context {
#if defined(LULL__SWITCH_ASYNCIFY)
    lull__c_stack c; /* its limit is also the end of the saved frames: see switch_asyncify.c */
#elif defined(LULL__SWITCH_STACKS)
    lull__c_stack c;
    uint32_t slot : 31;     /* the place of the engine's stack; 0: none */
    uint32_t suspended : 1; /* frames of the task are on it */
#elif defined(LULL__SWITCH_UCONTEXT)
    struct lull__native_context *native; /* made at the first enter after a reset */
    struct lull__native_context *kept;   /* what a reset has left as it was; NULL */
    bool abandoned;                      /* nothing enters it before a reset */
#endif
} lull__context;

/*
 * Take a context's resources besides the stack, before its first reset; do nothing for one that has them. NULL, or the
 * reason why there is none left.
 */
static inline const char *lull__context_open(lull__context *context);

/* Make the next enter start a function on this stack. Whatever ran on it is forgotten. */
void lull__context_reset(lull__context *context, void *stack, size_t size);
/* The same, but the contents of the stack stay: the function runs beyond them. */
void lull__context_reset_beyond(lull__context *context, void *stack, size_t size);

/*
 * All that a suspended task keeps on its stack, so that others can run there meanwhile: the number of bytes, and how to
 * save and restore them. They have to be at the same place again when the context is entered.
 */
size_t lull__context_kept(const lull__context *context, const void *stack, size_t size);
void lull__context_save(const lull__context *context, const void *stack, size_t size, void *copy);
void lull__context_restore(const lull__context *context, void *stack, size_t size, const void *copy);

/*
 * From the loop: call function(argument) on the context's stack, or resume what is suspended there. Returns whether the
 * function has returned, with its result in *result; else it has suspended, and *result is anything. The caller is
 * LULL__BLOCKING, too.
 */
static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result);

/*
 * JSPI alone: whether enter has returned before the context has suspended or its function has returned. It does so in a
 * flight, and the code behind the enter has to wait for its end: lull__context_land() returns the context that has
 * landed. If it still flies, it has trapped; else the next enter of it says how it has left, as if it had just run.
 */
static inline bool lull__context_flies(void);
static inline bool lull__context_lands(void);
static inline lull__context *lull__context_land(void);

/* Suspend the running context for good: nothing may enter it before a reset. Returns in appearance only. */
void lull__context_leave(lull__context *context);
/* The next suspension of the running context will be for good. */
static inline void lull__context_abandon(lull__context *context);

/* Give back the context's resources besides the stack. */
void lull__context_dispose(lull__context *context);

#ifdef __wasm__
/*
 * After a trap, before any function that may suspend is called: `context` was running (NULL: none), with this C stack
 * pointer. Returns whether the trap was a stack overflow.
 */
bool lull__context_recover(lull__context *context, char *pointer);
#endif

/*
 * The parts of a function that suspends:
 *
 *     LULL__BLOCKING               its attributes
 *     lull__context_resumed()      true where it has been called again, to go on after LULL__SUSPEND
 *     LULL__SUSPEND(context)       suspend: return, to be called again; or, on a stack that stays, a plain call
 */
#if defined(LULL__SWITCH_ASYNCIFY)
#include "port/switch_asyncify.h"
#elif defined(LULL__SWITCH_STACKS)
#include "port/switch_stacks.h"
#else
#include "port/switch_ucontext.h"
#endif

#ifndef LULL__SWITCH_JSPI
static inline bool lull__context_flies(void)
{
    return false;
}

static inline bool lull__context_lands(void)
{
    return false;
}

static inline lull__context *lull__context_land(void)
{
    return NULL;
}
#endif

#endif
