/*
 * Externals: what the host does for a description, as a socket of the network or the lookup of a name. JavaScript
 * (js/posix) knows each by its address, writes its state there, and calls lull_external_changed where that may end a
 * wait. See D113.
 */
#ifndef LULL_EXTERNAL_H
#define LULL_EXTERNAL_H

#include "posix/descriptors.h"

#if defined(__wasm__)

typedef struct lull__external {
    uint32_t state; /* LULL__READABLE and so on. First: JavaScript writes it */
    lull__description description;
    lull__link others; /* all externals */
} lull__external;

static inline lull__external *lull__external_of(const lull__description *description)
{
    return LULL__CONTAINER(description, lull__external, description);
}

void lull__external_init(lull__external *self, const lull__descriptor_kind *kind);
/* The host forgets it. The memory stays the caller's. */
void lull__external_end(lull__external *self);
/* Operations of kinds, for what the host receives and sends. */
unsigned lull__external_state(const lull__description *self);
int lull__external_read(lull__description *self, const lull__memory *memory, size_t *done);
int lull__external_write(lull__description *self, const lull__memory *memory, size_t *done);

/* An address, as it crosses. */
typedef struct lull__address {
    uint32_t family; /* LULL__FAMILY_MAP */
    uint32_t port;
    char text[LULL__ADDRESS_TEXT]; /* of IP, with a scope after %; the path of a socket of Unix; a name */
} lull__address;

/*
 * The host's functions. They return 0 or more, or an error number below 0, and do not suspend: EINPROGRESS is of what
 * goes on; lull__external_settle gives its end.
 */
#define LULL__HOST_POSIX(type, name, ...)                                                                              \
    __attribute__((import_module(LULL__POSIX_MODULE), import_name(#name))) type lull__host_##name(__VA_ARGS__)

/* The mode of a terminal: flags of LULL__TERMINAL_MAP, and the keys that edit, or send signals. */
typedef struct lull__terminal {
    uint8_t flags;
    uint8_t interrupt;
    uint8_t quit;
    uint8_t suspend;
    uint8_t erase;
    uint8_t kill;
    uint8_t end;
} lull__terminal;

/* ENOTTY: the host has none. */
LULL__HOST_POSIX(int, set_terminal, const lull__terminal *mode);
/* Its rows, and its columns in the low 16 bits. */
LULL__HOST_POSIX(int, terminal_size, void);
/* The standard input. ENOSYS: the host reads it itself. */
LULL__HOST_POSIX(int, standard_input, lull__external *self);
LULL__HOST_POSIX(int, socket, lull__external *self, unsigned family, bool is_stream);
LULL__HOST_POSIX(int, bind, lull__external *self, const lull__address *address);
LULL__HOST_POSIX(int, listen, lull__external *self);
LULL__HOST_POSIX(int, accept, lull__external *self, lull__external *made);
LULL__HOST_POSIX(int, connect, lull__external *self, const lull__address *address);
/* The error of the operation under way, or of the connection; it is then forgotten. */
LULL__HOST_POSIX(int, settle, lull__external *self);
/* From `skip` bytes on. *whole: the length of the message, of which the rest is lost. Both may be NULL. */
LULL__HOST_POSIX(int, receive, lull__external *self, const __wasi_iovec_t *vectors, size_t count, size_t skip,
                 unsigned how, lull__address *from, size_t *whole);
LULL__HOST_POSIX(int, send, lull__external *self, const __wasi_iovec_t *vectors, size_t count, size_t skip,
                 unsigned how, const lull__address *to);
LULL__HOST_POSIX(int, shutdown, lull__external *self, bool reads, bool writes);
LULL__HOST_POSIX(int, address, lull__external *self, bool of_peer, lull__address *address);
LULL__HOST_POSIX(int, set_option, lull__external *self, unsigned option, int value);
LULL__HOST_POSIX(int, get_option, lull__external *self, unsigned option);
LULL__HOST_POSIX(int, membership, lull__external *self, bool joins, const lull__address *group,
                 const lull__address *interface);
/* Look up the addresses of a name, or the name of an address; then take the results one after the other: ENOENT. */
LULL__HOST_POSIX(int, look_up, lull__external *self, const char *name, unsigned family);
LULL__HOST_POSIX(int, look_up_name, lull__external *self, const lull__address *address);
LULL__HOST_POSIX(int, looked_up, lull__external *self, unsigned index, lull__address *address);
LULL__HOST_POSIX(void, close, lull__external *self);
/* Start a program, which is READABLE once it has ended. Returns its number. NULL: whether it may be started. */
struct lull__start;
LULL__HOST_POSIX(int, spawn, lull__external *self, const struct lull__start *start);
/* Whether a child process can have the host's descriptor: `as_file`, also if it has a position. */
LULL__HOST_POSIX(int, shares, int host, bool as_file);
/*
 * Files behind promises (file_waits.h): resume a task once an operation has its answer. Take the answer: its error, or
 * the number again. Leave it, where the wait has failed: 0 where it is a write or a close, which go on, and there is no
 * task. Of a FILE: the operation to wait for, so that the next read or write does not wait; 0: none. Let that fail.
 */
LULL__HOST_POSIX(void, file_wait, int operation, lull_task waiter);
LULL__HOST_POSIX(int, file_take, int operation);
LULL__HOST_POSIX(int, file_leave, int operation, bool has_no_task);
LULL__HOST_POSIX(int, file_ahead, int fd, bool writes, size_t length);
LULL__HOST_POSIX(void, file_fail, int fd, int error);
/* Send a signal (LULL__SIGNAL_MAP) to a child that has not ended, or with its number below 0 to its group. */
LULL__HOST_POSIX(int, kill, int process, unsigned signal);

#endif

#endif
