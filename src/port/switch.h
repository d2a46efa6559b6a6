/*
 * The switch: how a task's execution is suspended and resumed. Two implementations: switch_asyncify.c for wasm,
 * switch_ucontext.c for native builds under sanitizers and debuggers.
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

/*
 * A stack's layout: the C stack grows down from its top; the frames that Asyncify saves while the task does not run
 * grow up from its bottom (TinyGo's layout). They share the room between: the end of the frames, which is the bottom
 * while the task runs, is also the limit of the C stack.
 */
typedef struct lull__context {
    char *limit;
    char *pointer; /* the C stack pointer */
} lull__context;

#else

typedef struct lull__context {
    struct lull__native_context *native; /* made at the first enter after a reset */
    struct lull__native_context *kept;   /* what a reset has left as it was; NULL */
    bool abandoned;                      /* nothing enters it before a reset */
} lull__context;

#endif

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

/* Suspend the running context for good: nothing may enter it before a reset. Returns in appearance only. */
void lull__context_leave(lull__context *context);
/* The next suspension of the running context will be for good. */
static inline void lull__context_abandon(lull__context *context);

/* Free what the context holds besides the stack. */
void lull__context_dispose(lull__context *context);

#ifdef __wasm__

/*
 * Not to be inlined, here or in Binaryen: instrument.js sees to it for the functions that call Asyncify's intrinsics.
 */
#define LULL__BLOCKING __attribute__((noinline))

/* True where the caller has been called again, to go on after LULL__SUSPEND. */
static inline bool lull__context_resumed(void);

static inline void lull__context_abandon(lull__context *context)
{
    (void)context;
}

/*
 * After a trap, before any instrumented function is called: `context` was running (NULL: none), with this C stack
 * pointer. Returns whether the trap was a stack overflow.
 */
bool lull__context_recover(lull__context *context, char *pointer);

/* Suspend: return, to be called again. */
#define LULL__SUSPEND(context)                                                                                         \
    do {                                                                                                               \
        lull__context_unwind(context);                                                                                 \
        return 0;                                                                                                      \
    } while (0)
static inline void lull__context_unwind(lull__context *context);

#include "port/switch_asyncify.h"

#else

#define LULL__BLOCKING

static inline bool lull__context_resumed(void)
{
    return false;
}

#define LULL__SUSPEND(context) lull__native_suspend(context)
void lull__native_suspend(lull__context *context);

static inline void lull__context_abandon(lull__context *context)
{
    context->abandoned = true;
}

bool lull__native_enter(lull__context *context, lull_function function, void *argument, lull_value *result);

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    (void)resumes;
    return lull__native_enter(context, function, argument, result);
}

#endif

#endif
