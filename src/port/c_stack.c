/*
 * The C stack of a task in wasm.
 *
 * Overflow. The build (toolchain/stack-check.js) makes every change of the C stack pointer check the limit, and trap.
 * So no byte outside of the stack is written. See D44.
 */
#include "port/c_stack.h"

#include <string.h>

#include "port/switch.h"

/* With less room than this, any function would overflow. */
#define ROOM_MIN 768

static bool overflowed;

static char *top_of(const void *stack, size_t size)
{
    return (char *)(((uintptr_t)stack + size) & ~(uintptr_t)15); /* the alignment of the ABI */
}

void lull__c_stack_reset(lull__c_stack *c, void *stack, size_t size)
{
    c->limit = (char *)stack;
    c->pointer = top_of(stack, size);
}

void lull__c_stack_reset_beyond(lull__c_stack *c, void *stack, size_t size)
{
    char *bottom = (char *)stack;
    if (c->pointer - bottom < ROOM_MIN) {
        lull__c_stack_reset(c, stack, size);
    } else {
        c->limit = bottom;
    }
}

__attribute__((export_name("lull stack overflow"))) void lull__stack_overflow(void)
{
    overflowed = true;
    __builtin_trap();
}

bool lull__c_stack_recover(lull__c_stack *c, char *pointer)
{
    bool overflow = overflowed;
    overflowed = false;
    if (c && !overflow) c->pointer = pointer;
    return overflow;
}

size_t lull__context_kept(const lull__context *context, const void *stack, size_t size)
{
    const lull__c_stack *c = &context->c;
    return (size_t)(c->limit - (const char *)stack) + (size_t)(top_of(stack, size) - c->pointer);
}

void lull__context_save(const lull__context *context, const void *stack, size_t size, void *copy)
{
    const lull__c_stack *c = &context->c;
    size_t below = (size_t)(c->limit - (const char *)stack);
    memcpy(copy, stack, below);
    memcpy((char *)copy + below, c->pointer, (size_t)(top_of(stack, size) - c->pointer));
}

void lull__context_restore(const lull__context *context, void *stack, size_t size, const void *copy)
{
    const lull__c_stack *c = &context->c;
    size_t below = (size_t)(c->limit - (const char *)stack);
    memcpy(stack, copy, below);
    memcpy(c->pointer, (const char *)copy + below, (size_t)(top_of(stack, size) - c->pointer));
}
