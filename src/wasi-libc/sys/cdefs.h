/* Macros of C libraries other than musl. */
#ifndef LULL_WASI_LIBC_SYS_CDEFS_H
#define LULL_WASI_LIBC_SYS_CDEFS_H

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif

#endif
