/* The mutex of threads, for the condition, which unlocks it. */
#ifndef LULL_POSIX_MUTEX_H
#define LULL_POSIX_MUTEX_H

#include "posix/thread.h"

#if defined(__wasm__)

/* In a pthread_mutex_t. All zeros: a free one of the default type. */
typedef struct lull__pmutex {
    unsigned flags; /* its type, and LULL__ROBUST and so on */
    unsigned count; /* of locks by its holder */
    lull__lot waiting;
    lull_task holder; /* 0: none */
} __attribute__((packed, aligned(4))) lull__pmutex;
_Static_assert(sizeof(lull__pmutex) <= sizeof(pthread_mutex_t), "pthread_mutex_t has room for it");

enum {
    LULL__MUTEX_TYPE = 3,
    LULL__ROBUST = 4,
    LULL__INCONSISTENT = 8,  /* its holder has ended, and the next one has not said that all is well */
    LULL__UNRECOVERABLE = 16 /* nor did so before it unlocked it */
};

int lull__pmutex_lock(lull__pmutex *mutex, const char *function, double seconds);
/* Unlock it, whatever its count is, which is 0 then. */
void lull__pmutex_release(lull__pmutex *mutex);

#endif

#endif
