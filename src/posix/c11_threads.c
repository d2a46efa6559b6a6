/* C11's threads.h, which are threads of POSIX with other names. (C11, 7.26.) */
#include "posix/thread.h"

#if defined(__wasm__)

#include <stdint.h>
#include <threads.h>

/* The result for an error number. */
static int c11_result(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case ENOMEM:
    case EAGAIN:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

LULL__THREADS(int, thrd_create, thrd_t *id, thrd_start_t function, void *argument)
{
    return c11_result(pthread_create((pthread_t *)(void *)id, NULL, (void *(*)(void *))function, argument));
}

LULL__THREADS(_Noreturn void, thrd_exit, int result)
{
    pthread_exit((void *)(intptr_t)result);
}

LULL__THREADS(int, thrd_join, thrd_t id, int *result)
{
    void *value;
    int error = pthread_join((pthread_t)id, &value);
    if (!error && result) *result = (int)(intptr_t)value;
    return error ? thrd_error : thrd_success;
}

LULL__THREADS(int, thrd_detach, thrd_t id)
{
    return c11_result(pthread_detach((pthread_t)id));
}

LULL__THREADS(thrd_t, thrd_current, void)
{
    return (thrd_t)pthread_self();
}

#undef thrd_equal
LULL__THREADS(int, thrd_equal, thrd_t a, thrd_t b)
{
    return a == b;
}

static pthread_mutex_t *mutex_in(mtx_t *mutex)
{
    return (pthread_mutex_t *)(void *)mutex;
}

LULL__THREADS(int, mtx_init, mtx_t *mutex, int type)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    return c11_result(pthread_mutex_init(mutex_in(mutex), &attributes));
}

LULL__THREADS(int, mtx_lock, mtx_t *mutex)
{
    return c11_result(pthread_mutex_lock(mutex_in(mutex)));
}

LULL__THREADS(int, mtx_trylock, mtx_t *mutex)
{
    return c11_result(pthread_mutex_trylock(mutex_in(mutex)));
}

LULL__THREADS(int, mtx_timedlock, mtx_t *mutex, const struct timespec *until)
{
    return c11_result(pthread_mutex_timedlock(mutex_in(mutex), until));
}

LULL__THREADS(int, mtx_unlock, mtx_t *mutex)
{
    return c11_result(pthread_mutex_unlock(mutex_in(mutex)));
}

LULL__THREADS(void, mtx_destroy, mtx_t *mutex)
{
    (void)pthread_mutex_destroy(mutex_in(mutex));
}

static pthread_cond_t *condition_in(cnd_t *condition)
{
    return (pthread_cond_t *)(void *)condition;
}

LULL__THREADS(int, cnd_init, cnd_t *condition)
{
    return c11_result(pthread_cond_init(condition_in(condition), NULL));
}

LULL__THREADS(int, cnd_wait, cnd_t *condition, mtx_t *mutex)
{
    return c11_result(pthread_cond_wait(condition_in(condition), mutex_in(mutex)));
}

LULL__THREADS(int, cnd_timedwait, cnd_t *condition, mtx_t *mutex, const struct timespec *until)
{
    return c11_result(pthread_cond_timedwait(condition_in(condition), mutex_in(mutex), until));
}

LULL__THREADS(int, cnd_signal, cnd_t *condition)
{
    return c11_result(pthread_cond_signal(condition_in(condition)));
}

LULL__THREADS(int, cnd_broadcast, cnd_t *condition)
{
    return c11_result(pthread_cond_broadcast(condition_in(condition)));
}

LULL__THREADS(void, cnd_destroy, cnd_t *condition)
{
    (void)pthread_cond_destroy(condition_in(condition));
}

LULL__THREADS(int, tss_create, tss_t *key, tss_dtor_t destructor)
{
    return c11_result(pthread_key_create((pthread_key_t *)key, destructor));
}

LULL__THREADS(void *, tss_get, tss_t key)
{
    return pthread_getspecific((pthread_key_t)key);
}

LULL__THREADS(int, tss_set, tss_t key, void *value)
{
    return c11_result(pthread_setspecific((pthread_key_t)key, value));
}

LULL__THREADS(void, tss_delete, tss_t key)
{
    (void)pthread_key_delete((pthread_key_t)key);
}

LULL__THREADS(void, call_once, once_flag *flag, void (*function)(void))
{
    (void)pthread_once((pthread_once_t *)flag, function);
}

#endif
