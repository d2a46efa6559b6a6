/* What posix.js measures: calls of POSIX, and the same by those of lull. */
#include <lull_net.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511
#define MESSAGE 4096
#define STACK 65536

/* ---- An echo server, with a thread or a task for each connection ---------------------------------------------- */

static void *echo_by_posix(void *argument)
{
    int fd = (int)(intptr_t)argument;
    char bytes[MESSAGE];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0) {
        if (write(fd, bytes, (size_t)got) != got) break;
    }
    close(fd);
    return NULL;
}

static void *accept_by_posix(void *argument)
{
    int fd, listener = (int)(intptr_t)argument;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, echo_by_posix, (void *)(intptr_t)fd) != 0) break;
        pthread_detach(thread);
    }
    return NULL;
}

static int check(int result, const char *what)
{
    if (result < 0) lull_fail(LULL_EFAILED, "%s: %s", what, strerror(errno));
    return result;
}

/* Returns its port. */
LULL_TASK(int, serve_by_posix)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    pthread_t thread;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(bind(listener, (struct sockaddr *)&at, size), "bind");
    check(listen(listener, BACKLOG), "listen");
    check(getsockname(listener, (struct sockaddr *)&at, &size), "getsockname");
    check(-pthread_create(&thread, NULL, accept_by_posix, (void *)(intptr_t)listener), "pthread_create");
    return ntohs(at.sin_port);
}

static lull_value echo_by_lull(void *argument)
{
    int fd = (int)(intptr_t)argument;
    lull_bytes bytes;
    while (lull_tcp_read(fd, MESSAGE, &bytes) == 0) {
        int status = bytes.length > 0 ? lull_tcp_write(fd, bytes) : LULL_ECLOSED;
        free(bytes.data);
        if (status < 0) break;
    }
    return lull_tcp_close(fd);
}

static lull_value accept_by_lull(void *argument)
{
    int fd, status;
    while ((status = lull_tcp_accept((int)(intptr_t)argument, &fd)) == 0) {
        lull_check(lull_spawn(echo_by_lull, (void *)(intptr_t)fd, .stack_size = STACK));
    }
    return status;
}

LULL_TASK(int, serve_by_lull)
{
    int listener, port;
    lull_check(lull_tcp_listen("127.0.0.1", 0, BACKLOG, &listener));
    lull_check(lull_tcp_port(listener, &port));
    lull_check(lull_spawn(accept_by_lull, (void *)(intptr_t)listener));
    return port;
}

/* ---- Many connections to it ----------------------------------------------------------------------------------- */

static int *connections;

/* Open connections, one after the other. */
LULL_TASK(void, open_all, (int, count), (int, port))
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = malloc((size_t)count * sizeof *connections);
    if (!connections) lull_check(LULL_ENOMEM);
    for (int i = 0; i < count; i++) {
        connections[i] = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
        check(connect(connections[i], (struct sockaddr *)&to, sizeof to), "connect");
    }
}

/* Send a byte on each, and wait for all of them to come back. */
LULL_TASK(void, exchange_all, (int, count))
{
    char byte = 'x';
    for (int i = 0; i < count; i++) check((int)write(connections[i], &byte, 1), "write");
    for (int i = 0; i < count; i++) check((int)read(connections[i], &byte, 1) - 1, "read");
}

/* ---- Sleeping threads and tasks ------------------------------------------------------------------------------- */

static int awake;      /* of those that are to sleep */
static double morning; /* by lull_now() */

static double night_left(void)
{
    const double left = morning - lull_now();
    return left > 0 ? left : 0;
}

static void *sleep_by_posix(void *argument)
{
    (void)argument;
    awake--;
    usleep((useconds_t)(night_left() * 1e6));
    return NULL;
}

static lull_value sleep_by_lull(void *argument)
{
    (void)argument;
    awake--;
    return lull_pause(night_left());
}

static void start_sleep(int count, double seconds)
{
    awake = count;
    morning = lull_now() + seconds;
}

static void until_asleep(void)
{
    while (awake > 0) lull_check(lull_pause(0));
}

LULL_TASK(void, fall_asleep_by_posix, (int, count), (double, seconds))
{
    start_sleep(count, seconds);
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        check(-pthread_create(&thread, NULL, sleep_by_posix, NULL), "pthread_create");
        pthread_detach(thread);
    }
    until_asleep();
}

LULL_TASK(void, fall_asleep_by_lull, (int, count), (double, seconds))
{
    start_sleep(count, seconds);
    for (int i = 0; i < count; i++) lull_check(lull_spawn(sleep_by_lull, NULL, .stack_size = STACK));
    until_asleep();
}
