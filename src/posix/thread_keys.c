/* Keys: values that each thread has of its own. (POSIX.1-2017.) */
#include "posix/thread.h"

#if defined(__wasm__)

#include <limits.h>
#include <stdlib.h>

/* A key. Its values in threads are those with its number of use: a key that is made anew has none. */
static struct {
    void (*destructor)(void *value); /* NULL: none */
    unsigned use;
    bool is_made;
} keys[PTHREAD_KEYS_MAX];

struct lull__specific {
    void *value;
    unsigned use;
};

LULL__THREADS(int, pthread_key_create, pthread_key_t *key, void (*destructor)(void *))
{
    for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
        if (keys[i].is_made) continue;
        keys[i].is_made = true;
        keys[i].destructor = destructor;
        keys[i].use++;
        *key = (pthread_key_t)i;
        return 0;
    }
    return EAGAIN;
}

static bool is_key(pthread_key_t key)
{
    return key < PTHREAD_KEYS_MAX && keys[key].is_made;
}

LULL__THREADS(int, pthread_key_delete, pthread_key_t key)
{
    if (!is_key(key)) return EINVAL;
    keys[key].is_made = false;
    return 0;
}

LULL__THREADS(void *, pthread_getspecific, pthread_key_t key)
{
    const lull__thread *self = lull__thread_self();
    if (!self || !self->specific || !is_key(key)) return NULL;
    return self->specific[key].use == keys[key].use ? self->specific[key].value : NULL;
}

LULL__THREADS(int, pthread_setspecific, pthread_key_t key, const void *value)
{
    lull__thread *self = lull__thread_self();
    if (!is_key(key)) return EINVAL;
    if (self && !self->specific) {
        self->specific = (struct lull__specific *)calloc(PTHREAD_KEYS_MAX, sizeof *self->specific);
    }
    if (!self || !self->specific) return ENOMEM;
    self->specific[key] = (struct lull__specific){(void *)value, keys[key].use};
    return 0;
}

/* Call the destructors of all values. Returns whether there were any. */
static bool destroy_values(lull__thread *thread)
{
    bool found = false;
    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
        struct lull__specific *specific = &thread->specific[key];
        void *value = specific->value;
        if (!value || !keys[key].is_made || specific->use != keys[key].use || !keys[key].destructor) continue;
        specific->value = NULL;
        (void)lull__call_any((lull__any *)keys[key].destructor, value);
        found = true;
    }
    return found;
}

void lull__specific_end(lull__thread *thread)
{
    if (!thread->specific) return;
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && destroy_values(thread); round++) continue;
    free(thread->specific);
    thread->specific = NULL;
}

#endif
