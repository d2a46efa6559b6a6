/*
 * The C library's header, or one in its place: wasi-libc has it since 2024. With jumps that restore the signal mask,
 * which wasi-libc declares and lacks. It has no mask, so they are the others.
 */
#ifndef LULL_WASI_LIBC_SETJMP_H
#define LULL_WASI_LIBC_SETJMP_H

#if __has_include_next(<setjmp.h>)
#include_next <setjmp.h>
#else

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long jmp_buf[8]; /* src/hostlib/setjmp.c */
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf) __attribute__((returns_twice));
void longjmp(jmp_buf, int) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#define setjmp setjmp

#endif

#define _setjmp(place) setjmp(place)
#define _longjmp(place, value) longjmp(place, value)
#define sigsetjmp(place, mask) setjmp(place)
#define siglongjmp(place, value) longjmp(place, value)

#endif
