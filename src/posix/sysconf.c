/* sysconf, for the limits and options of threads, semaphores, timers, signals and descriptors; the rest is libc's. */
#include "posix/thread.h"

#if defined(__wasm__)

#include <limits.h>
#include <unistd.h>

long __real_sysconf(int name);
long __wrap_sysconf(int name);

/* Without LULL__WRAPPED, which defines the name itself: __real_sysconf would be this function. */
LULL__WEAK long __wrap_sysconf(int name)
{
    switch (name) {
    case _SC_THREAD_STACK_MIN:
        return PTHREAD_STACK_MIN;
    case _SC_THREAD_KEYS_MAX:
        return PTHREAD_KEYS_MAX;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS:
        return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_SEM_VALUE_MAX:
        return SEM_VALUE_MAX;
    case _SC_OPEN_MAX:
        return getdtablesize();
    case _SC_THREADS:
    case _SC_THREAD_ATTR_STACKADDR:
    case _SC_THREAD_ATTR_STACKSIZE:
    case _SC_SEMAPHORES:
    case _SC_TIMERS:
    case _SC_MONOTONIC_CLOCK:
    case _SC_BARRIERS:
    case _SC_SPIN_LOCKS:
    case _SC_READER_WRITER_LOCKS:
    case _SC_CLOCK_SELECTION:
    case _SC_TIMEOUTS:
        return _POSIX_VERSION;
    case _SC_THREAD_THREADS_MAX:
    case _SC_SEM_NSEMS_MAX:
        return -1; /* no limit */
    default:
        return __real_sysconf(name);
    }
}

#endif
