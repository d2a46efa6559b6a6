/*
 * The C library's header, with jumps that restore the signal mask, which wasi-libc declares and lacks. It has no mask,
 * so they are the others.
 */
#ifndef LULL_WASI_LIBC_SETJMP_H
#define LULL_WASI_LIBC_SETJMP_H

#include_next <setjmp.h>

#define _setjmp(place) setjmp(place)
#define _longjmp(place, value) longjmp(place, value)
#define sigsetjmp(place, mask) setjmp(place)
#define siglongjmp(place, value) longjmp(place, value)

#endif
