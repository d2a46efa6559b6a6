/*
 * A chat by poll(), in plain POSIX: any C compiler builds it, and nothing in it is of lull.
 *
 *     lull run examples/chat.c -- serve 8023                  a server, at 127.0.0.1
 *     lull run examples/chat.c -- join 127.0.0.1 8023 Ada     a client, which sends the lines of stdin
 *     lull run examples/chat.c -- among Ada Grace Alan        a server with clients of its own, over socketpair()
 *
 * A client sends its name, and then its messages, a line each. The server passes each line on to all others. A client
 * that does not read loses its connection, and delays no other client.
 *
 * The same module runs in a page: `among` needs no network at all, and `join` connects through the option
 * `posix: { connect }` of load().
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 1000 /* at once; further ones wait to be accepted */
#define NAME_SIZE 32
#define LINE_SIZE 512 /* longer lines are cut in pieces */

typedef struct client {
    char name[NAME_SIZE]; /* empty until the first line */
    char line[LINE_SIZE]; /* received so far */
    size_t length;
} client;

/* The listener is the first, and its number -1 where there is none. The others have a client each. */
static struct pollfd polled[1 + CLIENTS] = {{.fd = -1, .events = POLLIN}};
static client *clients[1 + CLIENTS];
static nfds_t count = 1;

static int failed(const char *what)
{
    fprintf(stderr, "chat: %s: %s\n", what, strerror(errno));
    return 1;
}

/* ---- The server ----------------------------------------------------------------------------------------------- */

/* A client that has no room for the line is shut down, which the next poll() reports. */
static void tell_others(nfds_t from, const char *format, const char *text)
{
    char line[NAME_SIZE + LINE_SIZE + 16];
    int length = snprintf(line, sizeof line, format, clients[from]->name, text);
    for (nfds_t i = 1; i < count; i++) {
        if (i != from && write(polled[i].fd, line, (size_t)length) != length) shutdown(polled[i].fd, SHUT_RDWR);
    }
}

static void add(int fd)
{
    client *new = calloc(1, sizeof *new);
    if (!new || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
        free(new);
        close(fd);
        return;
    }
    clients[count] = new;
    polled[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* The last client takes the place. */
static void drop(nfds_t at)
{
    if (*clients[at]->name) tell_others(at, "* %s has left\n", "");
    close(polled[at].fd);
    free(clients[at]);
    count--;
    polled[at] = polled[count];
    clients[at] = clients[count];
}

static void take_line(nfds_t from, const char *line)
{
    client *by = clients[from];
    if (*by->name) {
        tell_others(from, "%s: %s\n", line);
    } else if (*line) {
        snprintf(by->name, sizeof by->name, "%.*s", NAME_SIZE - 1, line);
        tell_others(from, "* %s is here\n", "");
    }
}

static void receive(nfds_t from)
{
    client *by = clients[from];
    ssize_t got = read(polled[from].fd, by->line + by->length, sizeof by->line - 1 - by->length);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        drop(from);
        return;
    }
    by->length += (size_t)got;
    by->line[by->length] = '\0';
    char *start = by->line, *end;
    while ((end = strchr(start, '\n'))) {
        *end = '\0';
        if (end > start && end[-1] == '\r') end[-1] = '\0';
        take_line(from, start);
        start = end + 1;
    }
    by->length = strlen(start);
    if (by->length == sizeof by->line - 1) {
        take_line(from, start);
        by->length = 0;
    }
    memmove(by->line, start, by->length);
}

/* Serve until there is neither a listener nor a client. */
static int serve(int listener)
{
    while (listener >= 0 || count > 1) {
        polled[0].fd = count <= CLIENTS ? listener : -1;
        if (poll(polled, count, -1) < 0) return failed("poll");
        for (nfds_t i = count; --i > 0;) { /* backwards: drop() moves the last one */
            if (polled[i].revents) receive(i);
        }
        if (polled[0].revents) {
            int fd = accept(listener, NULL, NULL);
            if (fd >= 0) add(fd);
        }
    }
    return 0;
}

static int serve_at(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof address;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, size) < 0) return failed("bind");
    if (listen(listener, 100) < 0) return failed("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("chat: 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return serve(listener);
}

/* ---- Clients -------------------------------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0) return -1;
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int error = getaddrinfo(host, port, &hints, &found), fd = -1;
    if (error) fprintf(stderr, "chat: %s: %s\n", host, gai_strerror(error));
    for (struct addrinfo *to = error ? NULL : found; to && fd < 0; to = to->ai_next) {
        fd = socket(to->ai_family, to->ai_socktype, to->ai_protocol);
        if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) == 0) continue;
        failed("connect");
        close(fd);
        fd = -1;
    }
    if (!error) freeaddrinfo(found);
    return fd;
}

/* Pass on what arrives at either side, until one of them ends. */
static int join(const char *host, const char *port, const char *name)
{
    int fd = connect_to(host, port);
    if (fd < 0) return 1;
    if (write_all(fd, name, strlen(name)) < 0 || write_all(fd, "\n", 1) < 0) return failed("write");
    struct pollfd sides[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    const int to[] = {fd, STDOUT_FILENO};
    while (poll(sides, 2, -1) >= 0) {
        for (int i = 0; i < 2; i++) {
            char bytes[4096];
            if (!sides[i].revents) continue;
            ssize_t got = read(sides[i].fd, bytes, sizeof bytes);
            if (got <= 0) return close(fd);
            if (write_all(to[i], bytes, (size_t)got) < 0) return failed("write");
        }
    }
    return failed("poll");
}

typedef struct guest {
    const char *name;
    int fd, others; /* to hear */
    pthread_t thread;
} guest;

/* Greet, and leave when all others have done so. */
static void *visit(void *argument)
{
    guest *self = argument;
    char line[NAME_SIZE + LINE_SIZE + 16];
    FILE *input = fdopen(self->fd, "r");
    int length = snprintf(line, sizeof line, "%s\nHello!\n", self->name), heard = 0;
    if (write_all(self->fd, line, (size_t)length) == 0) {
        while (heard < self->others && fgets(line, sizeof line, input)) {
            if (*line == '*') continue;
            printf("%s hears %s", self->name, line);
            heard++;
        }
    }
    fclose(input);
    return NULL;
}

static int among(char **names, int number)
{
    if (number > CLIENTS) number = CLIENTS;
    guest *guests = calloc((size_t)number, sizeof *guests);
    if (!guests) return failed("calloc");
    for (int i = 0; i < number; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return failed("socketpair");
        add(pair[0]);
        guests[i] = (guest){.name = names[i], .fd = pair[1], .others = number - 1};
    }
    for (int i = 0; i < number; i++) {
        errno = pthread_create(&guests[i].thread, NULL, visit, &guests[i]);
        if (errno) return failed("pthread_create");
    }
    int status = serve(-1);
    for (int i = 0; i < number; i++) pthread_join(guests[i].thread, NULL);
    free(guests);
    return status;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[1], "serve") == 0) return serve_at(atoi(argv[2]));
    if (argc == 5 && strcmp(argv[1], "join") == 0) return join(argv[2], argv[3], argv[4]);
    if (argc > 2 && strcmp(argv[1], "among") == 0) return among(argv + 2, argc - 2);
    fprintf(stderr, "usage: chat serve PORT\n"
                    "       chat join HOST PORT NAME\n"
                    "       chat among NAME...\n");
    return 2;
}
