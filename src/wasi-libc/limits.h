/* The C library's header, with the limits of src/posix. */
#ifndef LULL_WASI_LIBC_LIMITS_H
#define LULL_WASI_LIBC_LIMITS_H

#include_next <limits.h>

#ifndef PTHREAD_STACK_MIN
#define PTHREAD_STACK_MIN 65536 /* a page */
#endif
#ifndef PTHREAD_KEYS_MAX
#define PTHREAD_KEYS_MAX 128
#endif
#ifndef PTHREAD_DESTRUCTOR_ITERATIONS
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#endif
#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#endif
#ifndef SEM_NSEMS_MAX
#define SEM_NSEMS_MAX 256
#endif

#endif
