/*
 * The programs of bench/peers.js in coroutines without a scheduler: PEER_UCONTEXT, PEER_BOOST, else Emscripten's
 * fibers. Each switches to the next by name: no channels, queues or timers add to the cost.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STACK 16384
#define RING 503

typedef struct coroutine coroutine;

#if PEER_UCONTEXT
#include <ucontext.h>
struct coroutine {
    ucontext_t context;
    void (*function)(void *argument);
    void *argument;
    char stack[STACK];
};
static coroutine *starting;

static void begin(void)
{
    starting->function(starting->argument);
}

static void create(coroutine *self, void (*function)(void *argument), void *argument)
{
    self->function = function;
    self->argument = argument;
    getcontext(&self->context);
    self->context.uc_stack.ss_sp = self->stack;
    self->context.uc_stack.ss_size = STACK;
    makecontext(&self->context, begin, 0);
}

static void switch_to(coroutine *from, coroutine *to)
{
    starting = to;
    swapcontext(&from->context, &to->context);
}
static void adopt(coroutine *self)
{
    (void)self;
}
#elif PEER_BOOST
/* The interface in assembler of Boost.Context, which its C++ is made of. */
typedef struct transfer {
    void *from;
    void *data;
} transfer;
extern transfer jump_fcontext(void *to, void *data);
extern void *make_fcontext(void *top, size_t size, void (*function)(transfer));
struct coroutine {
    void *context;
    void (*function)(void *argument);
    void *argument;
    _Alignas(16) char stack[STACK];
};
typedef struct passage {
    coroutine *from, *to;
} passage;

static void begin(transfer arrived)
{
    const passage *passage = arrived.data;
    passage->from->context = arrived.from;
    passage->to->function(passage->to->argument);
}

static void create(coroutine *self, void (*function)(void *argument), void *argument)
{
    self->function = function;
    self->argument = argument;
    self->context = make_fcontext(self->stack + STACK, STACK, begin);
}

static void switch_to(coroutine *from, coroutine *to)
{
    passage passage = {from, to};
    const transfer arrived = jump_fcontext(to->context, &passage);
    const struct passage *other = arrived.data;
    other->from->context = arrived.from;
}
static void adopt(coroutine *self)
{
    (void)self;
}
#else
#include <emscripten/fiber.h>
struct coroutine {
    emscripten_fiber_t fiber;
    _Alignas(16) char stack[STACK];
    char frames[STACK];
};

static void create(coroutine *self, void (*function)(void *argument), void *argument)
{
    emscripten_fiber_init(&self->fiber, function, argument, self->stack, STACK, self->frames, STACK);
}

static void switch_to(coroutine *from, coroutine *to)
{
    emscripten_fiber_swap(&from->fiber, &to->fiber);
}
static void adopt(coroutine *self)
{
    emscripten_fiber_init_from_current_context(&self->fiber, self->frames, STACK);
}
#endif

static coroutine *new_coroutine(void (*function)(void *argument), void *argument)
{
    coroutine *self = aligned_alloc(16, (sizeof *self + 15) / 16 * 16);
    if (!self) abort();
    create(self, function, argument);
    return self;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static coroutine root;

/* ---- skynet: each node runs its children one after the other ---------------------------------------------------- */

typedef struct node {
    coroutine *self, *parent;
    int first, leaves;
    double sum;
} node;

static void run_node(void *argument)
{
    node *self = argument;
    self->sum = self->leaves == 1 ? self->first : 0;
    const int leaves = self->leaves / 10;
    for (int i = 0; leaves && i < 10; i++) {
        node child = {.parent = self->self, .first = self->first + i * leaves, .leaves = leaves};
        child.self = new_coroutine(run_node, &child);
        switch_to(self->self, child.self);
        self->sum += child.sum;
        free(child.self);
    }
    switch_to(self->self, self->parent);
}

static void skynet(int leaves)
{
    node top = {.parent = &root, .leaves = leaves};
    top.self = new_coroutine(run_node, &top);
    switch_to(&root, top.self);
    free(top.self);
    if (top.sum != (double)leaves * (leaves - 1) / 2) abort();
}

/* ---- Rings: two are a ping-pong --------------------------------------------------------------------------------- */

static coroutine *members[RING];
static int token, count;

static void pass_on(void *argument)
{
    coroutine **self = argument;
    coroutine **next = self + 1 == members + count ? members : self + 1;
    while (token-- > 0) switch_to(*self, *next);
    switch_to(*self, &root);
}

static void ring(int size, int hops)
{
    count = size;
    token = hops;
    for (int i = 0; i < count; i++) members[i] = new_coroutine(pass_on, &members[i]);
    switch_to(&root, members[0]);
    for (int i = 0; i < count; i++) free(members[i]);
}

int main(int arguments, char **argument)
{
    if (arguments < 3) return 2;
    const int size = atoi(argument[2]);
    adopt(&root);
    const double start = now();
    double per = 1e6 / size;
    if (!strcmp(argument[1], "skynet")) {
        skynet(size);
        per = 1;
    } else {
        const bool pingpong = strcmp(argument[1], "ring") != 0;
        ring(pingpong ? 2 : RING, pingpong ? 2 * size : size); /* there and back */
    }
    printf("figure %f\n", (now() - start) * per);
    return 0;
}
