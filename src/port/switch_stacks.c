/*
 * The switch on the engine's stacks: WebAssembly's stack switching. A task is a function on a stack of the engine,
 * which holds the frames of wasm; blocking functions are ordinary ones. Variables in memory are on the task's C stack,
 * as with any switch.
 *
 * The engine's stacks are references, which only a table of wasm can hold: each context has a slot of it, from its
 * first reset to its end. A stack whose function is over stays in its slot, at rest, and runs the next function there:
 * making one costs far more than a switch.
 *
 * Engines have room for so many stacks, and V8 aborts the process where it has no more. So their number is limited.
 *
 * See D121.
 */
#include <stdlib.h>

#include "lull_protocol.h"
#include "port/switch.h"

/* V8 14.6 aborts near 32,000. */
#define MOST_STACKS 16000

#ifdef LULL__SWITCH_JSPI
#define SWITCH "jspi"
#else
#define SWITCH "stacks"
#endif

lull__entering lull__entering_now;

static struct {
    uint32_t *free; /* the numbers of free slots, the last one freed at the end: it is the likeliest to have a stack */
    uint32_t free_count;
    uint32_t count; /* of slots that have ever been taken; their numbers start at 1 */
    uint32_t room;  /* of slots that the table and `free` have room for */
    uint32_t most;
} slots = {.most = MOST_STACKS};

/* The mark of such modules, which js/diagnostics/switches.js reads. */
__attribute__((export_name(LULL__SWITCH_PREFIX SWITCH))) void lull__switch_mark(void)
{
}

/* Before the first task. */
__attribute__((export_name("lull_limit_stacks"))) void lull__js_limit_stacks(uint32_t most)
{
    slots.most = most;
}

/* Called at the bottom of an engine's stack. */
__attribute__((export_name("lull stack body"))) void lull__stack_body(void)
{
    lull__entering *now = &lull__entering_now;
    lull_value result = now->function(now->argument);
    now->result = result;
    now->how = LULL__STACK_RETURNED;
}

static bool more_slots(void)
{
    uint32_t room = slots.room ? slots.room * 2 : 64;
    uint32_t *free = (uint32_t *)realloc(slots.free, room * sizeof *free);
    if (!free) return false;
    slots.free = free;
    if (!lull__stack_room(room + 1)) return false;
    slots.room = room;
    return true;
}

const char *lull__stack_take(lull__context *context)
{
    if (slots.free_count) {
        context->slot = slots.free[--slots.free_count];
        return NULL;
    }
    if (slots.count >= slots.most)
        return "so many tasks have begun and not ended that there is no stack of the engine for another: load's option "
               "maxStacks allows more, and a build with --switch asyncify has no such limit";
    if (slots.count == slots.room && !more_slots()) return "there is no memory for another of the engine's stacks";
    context->slot = ++slots.count;
    return NULL;
}

/* Forget the frames of a suspended task. */
static void drop_frames(lull__context *context)
{
    if (!context->suspended) return;
    context->suspended = false;
    lull__stack_drop(context->slot);
}

void lull__context_reset(lull__context *context, void *stack, size_t size)
{
    drop_frames(context);
    lull__c_stack_reset(&context->c, stack, size);
}

void lull__context_reset_beyond(lull__context *context, void *stack, size_t size)
{
    drop_frames(context);
    lull__c_stack_reset_beyond(&context->c, stack, size);
}

void lull__context_leave(lull__context *context)
{
    (void)context;
    lull__entering_now.how = LULL__STACK_LEFT;
    lull__stack_leave();
}

void lull__context_dispose(lull__context *context)
{
    if (!context->slot) return;
    drop_frames(context);
    slots.free[slots.free_count++] = context->slot;
    context->slot = 0;
}

#ifndef LULL__SWITCH_JSPI
bool lull__context_recover(lull__context *context, char *pointer)
{
    lull__context *entered = lull__entering_now.context;
    if (context && entered) { /* the trap has destroyed the engine's stack */
        lull__entering_now.context = NULL;
        entered->suspended = false;
        lull__stack_forget(entered->slot);
    }
    return lull__c_stack_recover(context ? &context->c : NULL, pointer);
}
#endif
