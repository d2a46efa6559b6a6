/* epoll, which wasi-libc does not have: src/posix/epoll.c. The numbers are Linux's. */
#ifndef LULL_WASI_LIBC_SYS_EPOLL_H
#define LULL_WASI_LIBC_SYS_EPOLL_H

#include <fcntl.h>
#include <stdint.h>

#include <__typedef_sigset_t.h>

#define EPOLL_CLOEXEC O_CLOEXEC

#define EPOLLIN 0x001u
#define EPOLLPRI 0x002u
#define EPOLLOUT 0x004u
#define EPOLLERR 0x008u
#define EPOLLHUP 0x010u
#define EPOLLRDNORM 0x040u
#define EPOLLRDBAND 0x080u
#define EPOLLWRNORM 0x100u
#define EPOLLWRBAND 0x200u
#define EPOLLRDHUP 0x2000u
#define EPOLLEXCLUSIVE (1u << 28)
#define EPOLLWAKEUP (1u << 29)
#define EPOLLONESHOT (1u << 30)
#define EPOLLET (1u << 31)

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3

typedef union epoll_data {
    void *ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;

struct epoll_event {
    uint32_t events;
    epoll_data_t data;
};

#ifdef __cplusplus
extern "C" {
#endif

int epoll_create(int size);
int epoll_create1(int flags);
int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event);
int epoll_wait(int epfd, struct epoll_event *events, int most, int milliseconds);
int epoll_pwait(int epfd, struct epoll_event *events, int most, int milliseconds, const sigset_t *mask);

#ifdef __cplusplus
}
#endif

#endif
