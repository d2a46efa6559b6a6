/* The C library's header, with what src/posix/poll.c adds. */
#ifndef LULL_WASI_LIBC_POLL_H
#define LULL_WASI_LIBC_POLL_H

#include_next <poll.h>

#include <__typedef_sigset_t.h>

struct timespec;

/* Never found: for programs that ask for them. */
#ifndef POLLPRI
#define POLLPRI 0x0200
#endif
#ifndef POLLRDBAND
#define POLLRDBAND 0x0400
#endif
#ifndef POLLWRBAND
#define POLLWRBAND 0x0800
#endif

/* The other end will write no more. */
#ifndef POLLRDHUP
#define POLLRDHUP 0x0100
#endif

#ifdef __cplusplus
extern "C" {
#endif

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);

#ifdef __cplusplus
}
#endif

#endif
