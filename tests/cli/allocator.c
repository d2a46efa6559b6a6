/* A program with an allocator of its own, which takes long and is not to be entered twice. For yields.test.js. */
#include <lull.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static char memory[1 << 20] __attribute__((aligned(16)));
static size_t used;
static volatile int inside;
static volatile int entered_twice;

static __attribute__((noinline)) void search(void)
{
    for (volatile int i = 0; i < 200000; i++) continue;
}

/* All that is in the C library's object. */
void *memalign(size_t alignment, size_t size);
int posix_memalign(void **block, size_t alignment, size_t size);

void *malloc(size_t size)
{
    if (inside++) entered_twice = 1;
    search();
    size_t at = used + 16;
    used = (at + size + 15) & ~(size_t)15;
    if (used > sizeof memory) __builtin_trap();
    memcpy(memory + at - sizeof size, &size, sizeof size);
    inside--;
    return memory + at;
}

void free(void *block)
{
    (void)block;
}

void *calloc(size_t number, size_t size)
{
    return memset(malloc(number * size), 0, number * size);
}

void *realloc(void *block, size_t size)
{
    void *other = malloc(size);
    size_t before = 0;
    if (block) memcpy(&before, (char *)block - sizeof before, sizeof before);
    return block ? memcpy(other, block, before < size ? before : size) : other;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return alignment <= 16 ? malloc(size) : NULL;
}

void *memalign(size_t alignment, size_t size)
{
    return aligned_alloc(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = aligned_alloc(alignment, size);
    return *block ? 0 : 12;
}

LULL_TASK(int, allocates, (int, times))
{
    for (int i = 0; i < times; i++) {
        if (!malloc(10)) return -1;
        for (volatile int j = 0; j < 200000; j++) continue;
    }
    return entered_twice;
}
