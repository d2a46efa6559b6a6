/*
 * Attributes of threads and of their locks. They are kept as given, where a module has no use for them: all threads
 * are of one process, one priority and one processor. (POSIX.1-2017.)
 */
#include "posix/thread.h"

#if defined(__wasm__)

#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#include "sched/task.h"

/* ---- Of threads -------------------------------------------------------------------------------------------------- */

/* Less than PTHREAD_STACK_MIN may be: natively that is less, too. */
#define STACK_SIZE_MIN 2048

/* In a pthread_attr_t, in musl's order. */
typedef struct attributes {
    size_t stack_size;
    size_t guard_size;
    uintptr_t stack_end;
    int detach_state;
    int inherit;
    int policy;
    int priority;
} attributes;
_Static_assert(sizeof(attributes) <= sizeof(pthread_attr_t), "pthread_attr_t has room for them");

LULL__THREADS(int, pthread_attr_init, pthread_attr_t *handle)
{
    *(attributes *)(void *)handle = (attributes){.stack_size = LULL__THREAD_STACK_SIZE};
    return 0;
}

#define DESTROY(kind)                                                                                                  \
    LULL__THREADS(int, pthread_##kind##_destroy, pthread_##kind##_t *handle)                                           \
    {                                                                                                                  \
        (void)handle;                                                                                                  \
        return 0;                                                                                                      \
    }

DESTROY(attr)

/* A getter and a setter, which takes the values that fulfil a condition; for others it returns an error number. */
#define ATTRIBUTE(name, type, member, is_valid, error)                                                                 \
    LULL__THREADS(int, pthread_attr_get##name, const pthread_attr_t *handle, type *value)                              \
    {                                                                                                                  \
        *value = (type)((const attributes *)(const void *)handle)->member;                                             \
        return 0;                                                                                                      \
    }                                                                                                                  \
    LULL__THREADS(int, pthread_attr_set##name, pthread_attr_t *handle, type value)                                     \
    {                                                                                                                  \
        if (!(is_valid)) return error;                                                                                 \
        ((attributes *)(void *)handle)->member = value;                                                                \
        return 0;                                                                                                      \
    }

ATTRIBUTE(detachstate, int, detach_state, value == PTHREAD_CREATE_JOINABLE || value == PTHREAD_CREATE_DETACHED, EINVAL)
ATTRIBUTE(stacksize, size_t, stack_size, value >= STACK_SIZE_MIN && value <= SIZE_MAX / 4, EINVAL)
ATTRIBUTE(guardsize, size_t, guard_size, true, EINVAL)
ATTRIBUTE(inheritsched, int, inherit, value == PTHREAD_INHERIT_SCHED || value == PTHREAD_EXPLICIT_SCHED, EINVAL)
ATTRIBUTE(schedpolicy, int, policy, value == SCHED_OTHER || value == SCHED_FIFO || value == SCHED_RR, EINVAL)

LULL__THREADS(int, pthread_attr_getscope, const pthread_attr_t *handle, int *scope)
{
    (void)handle;
    *scope = PTHREAD_SCOPE_SYSTEM;
    return 0;
}

LULL__THREADS(int, pthread_attr_setscope, pthread_attr_t *handle, int scope)
{
    (void)handle;
    return scope == PTHREAD_SCOPE_SYSTEM ? 0 : scope == PTHREAD_SCOPE_PROCESS ? ENOTSUP : EINVAL;
}

LULL__THREADS(int, pthread_attr_getschedparam, const pthread_attr_t *handle, struct sched_param *param)
{
    *param = (struct sched_param){.sched_priority = ((const attributes *)(const void *)handle)->priority};
    return 0;
}

LULL__THREADS(int, pthread_attr_setschedparam, pthread_attr_t *handle, const struct sched_param *param)
{
    ((attributes *)(void *)handle)->priority = param->sched_priority;
    return 0;
}

/* A thread has a stack of its own making: only the size of the given one counts. */
LULL__THREADS(int, pthread_attr_setstack, pthread_attr_t *handle, void *address, size_t size)
{
    int error = pthread_attr_setstacksize(handle, size);
    if (!error) ((attributes *)(void *)handle)->stack_end = (uintptr_t)address + size;
    return error;
}

LULL__THREADS(int, pthread_attr_getstack, const pthread_attr_t *handle, void **address, size_t *size)
{
    const attributes *given = (const attributes *)(const void *)handle;
    *size = given->stack_size;
    *address = given->stack_end ? (void *)(given->stack_end - given->stack_size) : NULL;
    return 0;
}

/* The attributes of a thread that runs. */
LULL__THREADS(int, pthread_getattr_np, pthread_t id, pthread_attr_t *handle)
{
    const lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live || thread->is_over) return ESRCH;
    const lull__task *task = lull__task_get(thread->task);
    *(attributes *)(void *)handle = (attributes){
        .stack_size = task ? task->stack_size : 0,
        .stack_end = task && task->stack ? (uintptr_t)task->stack + task->stack_size : 0,
        .detach_state = thread->is_detached,
        .policy = thread->policy,
        .priority = thread->priority,
    };
    return 0;
}

/* ---- Of their locks ---------------------------------------------------------------------------------------------- */

#define INIT(kind)                                                                                                     \
    LULL__THREADS(int, pthread_##kind##_init, pthread_##kind##_t *handle)                                              \
    {                                                                                                                  \
        memset(handle, 0, sizeof *handle);                                                                             \
        return 0;                                                                                                      \
    }

/* Some bits of one word, as musl has them. */
#define BITS(kind, name, word, shift, mask, most)                                                                      \
    LULL__THREADS(int, pthread_##kind##_get##name, const pthread_##kind##_t *handle, int *value)                       \
    {                                                                                                                  \
        *value = (int)(handle->word >> (shift) & (mask));                                                              \
        return 0;                                                                                                      \
    }                                                                                                                  \
    LULL__THREADS(int, pthread_##kind##_set##name, pthread_##kind##_t *handle, int value)                              \
    {                                                                                                                  \
        if (value < 0 || value > (most)) return EINVAL;                                                                \
        handle->word = (handle->word & ~((mask) << (shift))) | (unsigned)value << (shift);                             \
        return 0;                                                                                                      \
    }

INIT(mutexattr)
DESTROY(mutexattr)
BITS(mutexattr, type, __attr, 0, 3U, 2)
BITS(mutexattr, robust, __attr, 2, 1U, 1)
BITS(mutexattr, protocol, __attr, 3, 3U, 2)
BITS(mutexattr, prioceiling, __attr, 8, 127U, LULL__PRIORITY_MAX)
BITS(mutexattr, pshared, __attr, 7, 1U, 1)

INIT(condattr)
DESTROY(condattr)
BITS(condattr, pshared, __attr, 31, 1U, 1)

LULL__THREADS(int, pthread_condattr_getclock, const pthread_condattr_t *handle, clockid_t *clock)
{
    *clock = handle->__attr & 1 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    return 0;
}

LULL__THREADS(int, pthread_condattr_setclock, pthread_condattr_t *handle, clockid_t clock)
{
    if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME) return EINVAL;
    handle->__attr = (handle->__attr & ~1U) | (clock == CLOCK_MONOTONIC);
    return 0;
}

INIT(rwlockattr)
DESTROY(rwlockattr)
BITS(rwlockattr, pshared, __attr[0], 0, 1U, 1)

INIT(barrierattr)
DESTROY(barrierattr)
BITS(barrierattr, pshared, __attr, 31, 1U, 1)

#endif
