/*
 * The standard input as a wait of tasks, where the host has a stream for it. A program that reads neither stdin nor a
 * number has none of it: lull__reads_stdin says so. See D114.
 */
#ifndef LULL_POSIX_STDIN_H
#define LULL_POSIX_STDIN_H

#include "posix/external.h"

#if defined(__wasm__)

/* Whether the program may read its standard input: the build puts the constant here (toolchain/descriptors.js). */
__attribute__((import_module("lull build"), import_name("reads"))) int lull__reads_stdin(void);

/*
 * The description of the standard input; NULL where the host reads it itself. The table gives the kind, for number 0;
 * without the table there is none, and the functions below stand for it.
 */
lull__external *lull__stdin_get(const lull__descriptor_kind *kind);
/* The operations of the kind. */
int lull__stdin_receive(lull__description *self, const lull__memory *memory, size_t *done);
unsigned lull__stdin_state(const lull__description *self);
/* The host forgets it. */
void lull__stdin_end(void);
/*
 * After a read that was the end, or an error: let others run, and the host send signals, for the sake of programs that
 * read on. Returns an error number. May suspend.
 */
int lull__stdin_rest(void);

/* ---- Without the table ------------------------------------------------------------------------------------------- */

/* Whether this call is of the standard input, and not for the host. */
bool lull__is_stdin(int fd);
/* As those of lull__descriptor_calls. */
int lull__stdin_read(const __wasi_iovec_t *vectors, size_t count, size_t *done);
bool lull__stdin_await(void);
void lull__stdin_awaited(void);
/* O_NONBLOCK, which the host does not keep for it. */
void lull__stdin_add_flags(int fd, __wasi_fdstat_t *stat);
bool lull__stdin_set_flags(int fd, int flags);

#endif

#endif
