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

/*
 * A few words at a time: to engines, memory.copy is a call of a function of theirs, and so it is what Clang would make
 * of the loop if it might. Words are what frames are saved in, so that each is read as it was written. See D132.
 */
#define WORDS_MAX 32

__attribute__((no_builtin("memcpy"))) static void copy_words(char *to, const char *from, size_t size)
{
    for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
        uint32_t word;
        __builtin_memcpy(&word, from + at, sizeof word);
        __builtin_memcpy(to + at, &word, sizeof word);
    }
}

__attribute__((noinline)) static void copy_part(void *to, const void *from, size_t size)
{
    if (size <= WORDS_MAX * sizeof(uint32_t) && size % sizeof(uint32_t) == 0) {
        copy_words((char *)to, (const char *)from, size);
    } else {
        memcpy(to, from, size);
    }
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
    copy_part(copy, stack, below);
    copy_part((char *)copy + below, c->pointer, (size_t)(top_of(stack, size) - c->pointer));
}

void lull__context_restore(const lull__context *context, void *stack, size_t size, const void *copy)
{
    const lull__c_stack *c = &context->c;
    size_t below = (size_t)(c->limit - (const char *)stack);
    copy_part(stack, copy, below);
    copy_part(c->pointer, (const char *)copy + below, (size_t)(top_of(stack, size) - c->pointer));
}
