/*
 * Descriptors: numbers for files, pipes, pairs of sockets and more. The table is in C, between the C library and the
 * host, which knows files only. A program that makes no descriptors but by opening files does not link it: the C
 * library's calls then go straight to the host. See D109.
 */
#ifndef LULL_DESCRIPTORS_H
#define LULL_DESCRIPTORS_H

#if defined(__wasm__)

#include <wasi/api.h>

#include "lull_protocol.h"

#include "posix/thread.h"

/* ---- Open descriptions ------------------------------------------------------------------------------------------- */

/* The state of a description is of LULL__STATE_BIT_MAP, or this; how to read or write, of LULL__HOW_MAP. */
enum { LULL__INVALID = 32 /* the number is of no description */ };

/* Memory to read into, or to write from: the vectors of an fd_read or an fd_write. */
typedef struct lull__memory {
    const __wasi_iovec_t *vectors;
    size_t count;
    unsigned how;
    struct lull__address *address; /* of a socket: the sender, or the receiver; NULL */
    size_t *whole;                 /* of a message: its length, of which the rest is lost; NULL */
} lull__memory;

/* Its size. */
static inline size_t lull__memory_size(const lull__memory *memory)
{
    size_t size = 0;
    for (size_t i = 0; i < memory->count; i++) size += memory->vectors[i].buf_len;
    return size;
}

typedef struct lull__description lull__description;

/*
 * The operations of a kind of description. Nothing here suspends. Read and write return an error number: EAGAIN where
 * the caller has to wait, or to write the rest later. They go on from *done bytes, and add to them.
 */
typedef struct lull__descriptor_kind {
    __wasi_filetype_t type;
    int (*read)(lull__description *self, const lull__memory *memory, size_t *done);
    int (*write)(lull__description *self, const lull__memory *memory, size_t *done);
    unsigned (*state)(const lull__description *self);
    void (*close)(lull__description *self);       /* frees it: no number has it any more */
    const struct lull__socket_operations *socket; /* NULL: it is none */
} lull__descriptor_kind;

struct lull__description {
    const lull__descriptor_kind *kind;
    unsigned references; /* numbers */
    unsigned serial;     /* tells it from a later one at the same address */
    int host;            /* of a host's descriptor: its number there */
    bool reads;
    bool writes;
    bool is_nonblocking;
    uint8_t read_least;  /* of a terminal: bytes for which a read waits; read_timeout is then the one between two */
    bool reads_nothing;  /* of a terminal: a read of no bytes, not an error, is the end of its timeout */
    double read_timeout; /* seconds; 0: none */
    double write_timeout;
    lull__lot readers; /* waiting */
    lull__lot writers;
    lull__link observers; /* of polls */
};

/* Gets a notice where the state of a description may have changed. */
typedef struct lull__observer {
    lull__link link;
    /* Does not suspend. In the end `changed` is 0: the description goes away, and has forgotten the observer. */
    void (*notice)(struct lull__observer *self, unsigned changed);
    /*
     * Whether a task waits for the notice; NULL: while it observes. Of the type of `notice`: a new type of indirect
     * calls would keep the C library's unused functions of that type in the module.
     */
    void (*is_awaited)(struct lull__observer *self, unsigned *awaited);
} lull__observer;

/* Make a description that has no number yet. */
void lull__description_init(lull__description *description, const lull__descriptor_kind *kind);
/* Wake the waiters for this state, and notify the observers. */
void lull__description_changed(lull__description *description, unsigned state);
unsigned lull__description_state(const lull__description *description);
/* Whether a task waits for a change of it. */
bool lull__description_awaited(const lull__description *description);
/* The end of a reference, such as that of a number. The waiters look again: it may have been theirs. */
void lull__description_release(lull__description *description);
/*
 * Read or write some bytes by a reference, and wait for them, as dumps have it. Returns an error number; 0 and no
 * bytes: the end. May suspend.
 */
int lull__description_transfer(lull__description *description, bool writes, const lull__memory *memory,
                               const lull__lot_kind *kind, size_t *done);
/* The host's number of one of its descriptors; -1: it is none. */
int lull__description_host(const lull__description *description);
/* Whether it is a file or a folder of the host. */
bool lull__is_file(const lull__description *description);

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

/* Options of pipe2, eventfd, socketpair. */
typedef struct lull__number_flags {
    bool is_nonblocking;
    bool closes_on_exec;
} lull__number_flags;

/* NULL: the number is of none. */
lull__description *lull__description_of(int fd);
/* Give the lowest free number to a description. -1 where there is none, which is EMFILE or ENOMEM in errno. */
int lull__number(lull__description *description, lull__number_flags flags);
/* The same for two: both, or -1 and none. Does not close them. */
int lull__number_both(lull__description *const descriptions[2], lull__number_flags flags, int fds[2]);
/* Returns an error number. */
int lull__number_close(int fd);
/*
 * Read or write, and wait for it, which dumps name as the kind says. A cancellation point. Returns an error number. May
 * suspend.
 */
int lull__number_read(int fd, const lull__memory *memory, const lull__lot_kind *kind, size_t *done);
int lull__number_write(int fd, const lull__memory *memory, const lull__lot_kind *kind, size_t *done);
/*
 * Wait until the state of its description may have changed. Returns an error number: EBADF where the number is
 * another's by then, EAGAIN after the description's timeout. May suspend.
 */
int lull__number_wait(int fd, bool writes, const lull__lot_kind *kind);

/* ---- From the C library ------------------------------------------------------------------------------------------ */

/* The table, as the C library's calls use it. They return error numbers; only the first four may suspend. */
typedef struct lull__descriptor_calls {
    int (*read)(int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done);
    int (*write)(int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done);
    /*
     * Wait until stdio's call would not, which it must not do in the middle of a FILE. True: something may have
     * changed, so look again.
     */
    bool (*await)(int fd, bool writes);
    void (*awaited)(void); /* the call is over */
    int (*close)(int fd);
    /* The host's number of a file, or an error number below 0: the one given for other kinds. */
    int (*host)(int fd, int other);
    /* A number for the host's. */
    int (*adopt)(int host, int *fd);
    int (*stat)(int fd, __wasi_fdstat_t *stat);
    int (*set_flags)(int fd, __wasi_fdflags_t flags);
    int (*renumber)(int from, int to);
    /* Commands of fcntl about numbers: the result, or an error number below 0, which is ENOSYS for other commands. */
    int (*control)(int fd, int command, int argument);
    unsigned (*state)(int fd);
    bool (*observe)(int fd, lull__observer *observer);
} lull__descriptor_calls;

/*
 * The table where the program makes descriptors, else NULL. The build knows: it puts a constant NULL
 * here, or lull__descriptors_use, by whether that is linked (toolchain/descriptors.js).
 */
__attribute__((import_module("lull build"), import_name("descriptors"))) const lull__descriptor_calls *
lull__descriptors(void);

/* Called by each function that makes descriptors: links the table. Returns NULL where there is no memory for it. */
const lull__descriptor_calls *lull__descriptors_use(void);

/* The host's own calls, past the table. */
#define LULL__WASI(name, ...)                                                                                          \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int lull__host_##name(__VA_ARGS__)

LULL__WASI(fd_read, int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done);
LULL__WASI(fd_write, int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done);
LULL__WASI(fd_close, int fd);
LULL__WASI(fd_fdstat_get, int fd, __wasi_fdstat_t *stat);
LULL__WASI(fd_fdstat_set_flags, int fd, int flags);

#endif

#endif
