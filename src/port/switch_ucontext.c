/*
 * The switch on ucontext, for native builds: the same tasks under AddressSanitizer, valgrind and gdb. Native frames
 * are larger than wasm's, and a sanitizer's larger still, so every task gets a stack of its own beside the one it
 * asked for.
 */
#include <stdlib.h>
#include <ucontext.h>

#include "port/switch.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

#ifdef SANITIZED
#include <sanitizer/common_interface_defs.h>
#define START_SWITCH(save, stack, size) __sanitizer_start_switch_fiber(save, stack, size)
#define FINISH_SWITCH(save, stack, size) __sanitizer_finish_switch_fiber(save, stack, size)
#else
#define START_SWITCH(save, stack, size) ((void)(save), (void)(stack), (void)(size))
#define FINISH_SWITCH(save, stack, size) ((void)(save), (void)(stack), (void)(size))
#endif

#ifndef STACK_SIZE
#define STACK_SIZE ((size_t)256 << 10)
#endif

struct lull__native_context {
    ucontext_t task;
    void *fake_stack; /* AddressSanitizer's */
    lull_function function;
    void *argument;
    lull_value result;
    bool returned;
    char stack[];
};

static struct lull__native_context *entered;
static ucontext_t loop;
static void *loop_fake_stack;
static const void *loop_stack;
static size_t loop_stack_size;

static void leave(struct lull__native_context *native, bool for_good)
{
    START_SWITCH(for_good ? NULL : &native->fake_stack, loop_stack, loop_stack_size);
    swapcontext(&native->task, &loop);
    FINISH_SWITCH(native->fake_stack, &loop_stack, &loop_stack_size);
}

static void start(void)
{
    FINISH_SWITCH(NULL, &loop_stack, &loop_stack_size);
    struct lull__native_context *native = entered;
    native->result = native->function(native->argument);
    native->returned = true;
    leave(native, true);
}

void lull__native_suspend(lull__context *context)
{
    leave(context->native, context->abandoned);
}

void lull__context_leave(lull__context *context)
{
    leave(context->native, true);
}

void lull__context_reset(lull__context *context, void *stack, size_t size)
{
    (void)stack;
    (void)size;
    lull__context_dispose(context);
}

void lull__context_reset_beyond(lull__context *context, void *stack, size_t size)
{
    (void)stack;
    (void)size;
    free(context->kept);
    context->kept = context->native;
    context->native = NULL;
    context->abandoned = false;
}

/* Here no stack is in the way of another. The copy says whose it is, so that a mix-up shows. */

size_t lull__context_kept(const lull__context *context, const void *stack, size_t size)
{
    (void)context, (void)stack, (void)size;
    return sizeof(void *);
}

void lull__context_save(const lull__context *context, const void *stack, size_t size, void *copy)
{
    (void)stack, (void)size;
    const void *whose = context->native;
    memcpy(copy, &whose, sizeof(void *));
}

void lull__context_restore(const lull__context *context, void *stack, size_t size, const void *copy)
{
    (void)stack, (void)size;
    const void *whose = context->native;
    if (memcmp(copy, &whose, sizeof(void *)) != 0) abort();
}

static struct lull__native_context *make(lull_function function, void *argument)
{
    struct lull__native_context *native = (struct lull__native_context *)malloc(sizeof *native + STACK_SIZE);
    if (!native) abort(); /* the test machine is out of memory: there is nothing to test */
    native->fake_stack = NULL;
    native->function = function;
    native->argument = argument;
    native->returned = false;
    getcontext(&native->task);
    native->task.uc_stack.ss_sp = native->stack;
    native->task.uc_stack.ss_size = STACK_SIZE;
    native->task.uc_link = NULL;
    makecontext(&native->task, start, 0);
    return native;
}

bool lull__native_enter(lull__context *context, lull_function function, void *argument, lull_value *result)
{
    struct lull__native_context *native = context->native;
    if (!native) context->native = native = make(function, argument);
    entered = native;
    START_SWITCH(&loop_fake_stack, native->stack, STACK_SIZE);
    swapcontext(&loop, &native->task);
    FINISH_SWITCH(loop_fake_stack, NULL, NULL);
    if (native->returned) *result = native->result;
    return native->returned;
}

void lull__context_dispose(lull__context *context)
{
    free(context->native);
    free(context->kept);
    context->native = context->kept = NULL;
    context->abandoned = false;
}
