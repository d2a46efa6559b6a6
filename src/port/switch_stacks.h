/*
 * The part of the switches on the engine's stacks that is inlined where it is used: see switch_stacks.c. Here is the
 * one on stack switching; that on JSPI enters them in another way, which is in switch_jspi.h.
 */
#ifndef LULL_SWITCH_STACKS_H
#define LULL_SWITCH_STACKS_H

#include "lull_protocol.h"

#define LULL__BLOCKING

static inline bool lull__context_resumed(void)
{
    return false;
}

#ifdef LULL__SWITCH_JSPI
#define LULL__STACKS(name) __attribute__((import_module(LULL__JSPI_MODULE), import_name(name)))
#else
#define LULL__STACKS(name) __attribute__((import_module("lull build"), import_name("stack_" name)))
#endif

/* Supplied by the build, or by JavaScript. A slot is a place for one of the engine's stacks. */
LULL__STACKS("leave") LULL_NORETURN void lull__stack_leave(void);
LULL__STACKS("drop") void lull__stack_drop(uint32_t slot);
LULL__STACKS("forget") void lull__stack_forget(uint32_t slot);

/* The order and the outcome of the last enter. */
typedef struct lull__entering {
    lull__context *context; /* it runs; NULL: none does */
    lull_function function;
    void *argument;
    lull_value result;
    enum { LULL__STACK_SUSPENDED, LULL__STACK_RETURNED, LULL__STACK_LEFT, LULL__STACK_FLIES } how;
#ifdef LULL__SWITCH_JSPI
    char *pointer;                           /* the C stack pointer outside of the task */
    bool lands;                              /* a flight is over, and the loop has not heard of it */
    bool overflow;                           /* of the C stack: why it has trapped */
    void (*arrived)(lull__context *context); /* called on the stack where a flight goes on */
#endif
} lull__entering;
extern lull__entering lull__entering_now;

const char *lull__stack_take(lull__context *context);

static inline const char *lull__context_open(lull__context *context)
{
    return context->slot ? NULL : lull__stack_take(context);
}

/* A suspended context is dropped before anything could enter it. */
static inline void lull__context_abandon(lull__context *context)
{
    (void)context;
}

#ifdef LULL__SWITCH_JSPI
#include "port/switch_jspi.h"
#else

LULL__STACKS("enter") void lull__stack_enter(uint32_t slot, int starts);
LULL__STACKS("suspend") void lull__stack_suspend(void);
LULL__STACKS("room") int lull__stack_room(uint32_t slots);

#define LULL__SUSPEND(context) lull__stack_suspend()

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    lull__entering *now = &lull__entering_now;
    char *pointer = lull__stack_pointer();
    if (!resumes) {
        now->function = function;
        now->argument = argument;
    }
    now->how = LULL__STACK_SUSPENDED;
    now->context = context;
    lull__set_stack(context->c.limit, context->c.pointer);
    lull__stack_enter(context->slot, !resumes);
    context->c.pointer = lull__stack_pointer();
    lull__set_stack(NULL, pointer);
    now->context = NULL;
    context->suspended = now->how == LULL__STACK_SUSPENDED;
    *result = now->result;
    return now->how == LULL__STACK_RETURNED;
}

#endif

#endif
