/*
 * The C stack of a task in wasm: a block of memory, which every switch of wasm has beside the frames of wasm. It grows
 * down from the block's top to a limit: the block's bottom, or the end of the frames where the switch saves them there.
 */
#ifndef LULL_C_STACK_H
#define LULL_C_STACK_H

#include "lull.h"

/* Supplied by the build: go to another stack, whose C stack pointer and limit may not cross. */
__attribute__((import_module("lull build"), import_name("set_stack"))) void lull__set_stack(char *limit, char *pointer);

static inline char *lull__stack_pointer(void)
{
    char *pointer;
    __asm__ volatile(".globaltype __stack_pointer, i32\nglobal.get __stack_pointer\nlocal.set %0" : "=r"(pointer));
    return pointer;
}

/* The part of a context that is memory. */
typedef struct lull__c_stack {
    char *limit;
    char *pointer; /* the C stack pointer */
} lull__c_stack;

/* As the functions of a context in switch.h. */
void lull__c_stack_reset(lull__c_stack *c, void *stack, size_t size);
void lull__c_stack_reset_beyond(lull__c_stack *c, void *stack, size_t size);

/*
 * After a trap: `c` is the stack that was in use (NULL: none), with this pointer. Returns whether the trap was an
 * overflow of it.
 */
bool lull__c_stack_recover(lull__c_stack *c, char *pointer);

#endif
