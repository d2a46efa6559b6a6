/* Semaphores of POSIX, with names and without. The instance keeps the names. (POSIX.1-2017.) */
#include "posix/thread.h"

#if defined(__wasm__)

#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct lull__psem {
    int units;
    lull__lot waiting;
} lull__psem;
_Static_assert(sizeof(lull__psem) <= sizeof(sem_t), "sem_t has room for it");

static lull__psem *sem_of(sem_t *semaphore)
{
    return (lull__psem *)(void *)semaphore;
}

static int take(lull__psem *semaphore, const char *function, double seconds)
{
    const lull__lot_kind kind = {.name = function};
    if (semaphore->units > 0) {
        semaphore->units--;
        return 0;
    }
    return lull__posix_result(lull__park_at_point(&semaphore->waiting, semaphore, &kind, seconds));
}

LULL__THREADS(int, sem_wait, sem_t *semaphore)
{
    return take(sem_of(semaphore), "sem_wait", LULL_FOREVER);
}

LULL__THREADS(int, sem_trywait, sem_t *semaphore)
{
    if (sem_of(semaphore)->units <= 0) return lull__posix_result(EAGAIN);
    sem_of(semaphore)->units--;
    return 0;
}

LULL__THREADS(int, sem_timedwait, sem_t *semaphore, const struct timespec *until)
{
    if (sem_of(semaphore)->units > 0) return take(sem_of(semaphore), "sem_timedwait", 0);
    if (!lull__is_time(until)) return lull__posix_result(EINVAL);
    return take(sem_of(semaphore), "sem_timedwait", lull__seconds_until(CLOCK_REALTIME, until));
}

LULL__THREADS(int, sem_post, sem_t *handle)
{
    lull__psem *semaphore = sem_of(handle);
    if (lull__unpark(&semaphore->waiting)) return 0;
    if (semaphore->units == INT_MAX) return lull__posix_result(EOVERFLOW);
    semaphore->units++;
    return 0;
}

LULL__THREADS(int, sem_getvalue, sem_t *semaphore, int *value)
{
    *value = sem_of(semaphore)->units;
    return 0;
}

LULL__THREADS(int, sem_init, sem_t *semaphore, int shared, unsigned units)
{
    (void)shared;
    if (units > INT_MAX) return lull__posix_result(EINVAL);
    *sem_of(semaphore) = (lull__psem){.units = (int)units};
    return 0;
}

LULL__THREADS(int, sem_destroy, sem_t *semaphore)
{
    return lull__posix_result(lull__lot_count(&sem_of(semaphore)->waiting) > 0 ? EBUSY : 0);
}

/* ---- Those with names -------------------------------------------------------------------------------------------- */

typedef struct named {
    struct named *next;
    sem_t semaphore;
    unsigned opened; /* how often, without a close */
    bool is_unlinked;
    char name[];
} named;

static named *all_named;

static named **find_named(const char *name)
{
    named **at = &all_named;
    while (*at && ((*at)->is_unlinked || strcmp((*at)->name, name) != 0)) at = &(*at)->next;
    return at;
}

#define NAME_LENGTH_MAX (NAME_MAX - 4) /* as Linux has it, where the name of a file has a prefix */

static bool is_too_long(const char *name)
{
    return strlen(name + (*name == '/')) > NAME_LENGTH_MAX;
}

static void forget_named(named **at)
{
    named *entry = *at;
    if (entry->opened || !entry->is_unlinked) return;
    *at = entry->next;
    free(entry);
}

LULL__THREADS(sem_t *, sem_open, const char *name, int flags, ...)
{
    if (is_too_long(name)) {
        errno = ENAMETOOLONG;
        return SEM_FAILED;
    }
    named *entry = *find_named(name);
    if (entry && (flags & O_CREAT) && (flags & O_EXCL)) {
        errno = EEXIST;
        return SEM_FAILED;
    }
    if (entry) {
        entry->opened++;
        return &entry->semaphore;
    }
    if (!(flags & O_CREAT)) {
        errno = ENOENT;
        return SEM_FAILED;
    }
    va_list arguments;
    va_start(arguments, flags);
    (void)va_arg(arguments, int); /* the mode */
    unsigned units = va_arg(arguments, unsigned);
    va_end(arguments);
    if (units > INT_MAX) {
        errno = EINVAL;
        return SEM_FAILED;
    }
    size_t size = strlen(name) + 1;
    entry = (named *)malloc(sizeof *entry + size);
    if (!entry) return SEM_FAILED;
    *entry = (named){.next = all_named, .opened = 1};
    memcpy(entry->name, name, size);
    (void)sem_init(&entry->semaphore, 0, units);
    all_named = entry;
    return &entry->semaphore;
}

LULL__THREADS(int, sem_close, sem_t *semaphore)
{
    named **at = &all_named;
    while (*at && &(*at)->semaphore != semaphore) at = &(*at)->next;
    if (!*at || !(*at)->opened) return lull__posix_result(EINVAL);
    (*at)->opened--;
    forget_named(at);
    return 0;
}

LULL__THREADS(int, sem_unlink, const char *name)
{
    if (is_too_long(name)) return lull__posix_result(ENAMETOOLONG);
    named **at = find_named(name);
    if (!*at) return lull__posix_result(ENOENT);
    (*at)->is_unlinked = true;
    forget_named(at);
    return 0;
}

#endif
