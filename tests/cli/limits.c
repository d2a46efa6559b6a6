/* Tasks that want too much, for tests/cli/limits.test.js. */
#include <lull.h>
#include <stdlib.h>

/* As many blocks of a megabyte as there are, up to so many. */
LULL_TASK(int, hoard, (int, most))
{
    char *blocks[64];
    int count = 0;
    while (count < most && (blocks[count] = malloc(1 << 20))) *(volatile char *)blocks[count++] = 1;
    for (int i = 0; i < count; i++) free(blocks[i]);
    return count;
}

/* Take all memory but for a little, wait, and give it back. */
LULL_TASK(void, starve, (double, seconds))
{
    void *volatile little = malloc(4096); /* volatile, or the compiler leaves it out */
    void *taken = NULL;
    for (size_t size = 4096; size >= 64; size /= 2) {
        for (void **block; (block = malloc(size)); taken = block) *block = taken;
    }
    free(little);
    int status = lull_pause(seconds);
    while (taken) {
        void *block = taken;
        taken = *(void **)taken;
        free(block);
    }
    lull_check(status);
}

static __attribute__((noinline)) int grind(volatile int *number)
{
    for (;;) *number += 1;
    return *number;
}

LULL_TASK(int, spin)
{
    volatile int number = 0;
    return grind(&number);
}

static int descend(int depth)
{
    return depth < 2 ? 1 : descend(depth - 1) + descend(depth - 2);
}

LULL_TASK(int, recurse, (int, depth))
{
    return descend(depth);
}

/* Rounds without a wait. */
LULL_TASK(int, rounds, (int, count))
{
    volatile int sum = 0;
    for (int i = 0; i < count; i++) sum += 1;
    return sum;
}

/* As many, with waits between. */
LULL_TASK(int, polite, (int, slices), (int, count))
{
    volatile int sum = 0;
    for (int i = 0; i < slices; i++) {
        for (int j = 0; j < count; j++) sum += 1;
        lull_check(lull_pause(0));
    }
    return sum;
}

static void grind_at_the_end(void *number)
{
    grind((volatile int *)number);
}

LULL_TASK(int, defers)
{
    static volatile int number;
    lull_check(lull_defer(grind_at_the_end, (void *)&number));
    return 7;
}
