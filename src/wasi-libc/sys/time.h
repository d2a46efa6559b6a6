/* The C library's header, with the functions of src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_SYS_TIME_H
#define LULL_WASI_LIBC_SYS_TIME_H

#include_next <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2

struct itimerval {
    struct timeval it_interval;
    struct timeval it_value;
};

int getitimer(int which, struct itimerval *value);
int setitimer(int which, const struct itimerval *value, struct itimerval *before);
int lutimes(const char *path, const struct timeval times[2]);

#ifdef __cplusplus
}
#endif

#endif
