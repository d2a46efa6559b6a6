/*
 * longjmp: LLVM makes an exception of WebAssembly of it, which the function that called setjmp catches. If that function
 * is not on the task's stack, nothing would: the instrument step (toolchain/uncaught.js) catches it below the task,
 * and calls this. See D95.
 */
#include <stddef.h>

#include "base/compiler.h"
#include "lull.h"

_Noreturn void __real___wasm_longjmp(void *where, int value);
_Noreturn void __wrap___wasm_longjmp(void *where, int value);

/* Linked if a program calls longjmp. */
void lull__stray_jump(void);

LULL__NOINLINE void lull__stray_jump(void)
{
    lull_fail(LULL_ETRAP, "longjmp: the function that called setjmp has returned, or belongs to another task");
}

/* The linker puts this in the place of the C library's. */
_Noreturn void __wrap___wasm_longjmp(void *where, int value)
{
    if (lull__never()) lull__stray_jump();
    __real___wasm_longjmp(where, value ? value : 1); /* Emscripten 3.1.6 leaves that out */
}

#if defined(__EMSCRIPTEN__)

/* The second result of Emscripten's own part of setjmp, where it leaves that to JavaScript (3.1.6). */

void setTempRet0(int value);
int getTempRet0(void);

static int second_result;

__attribute__((weak)) void setTempRet0(int value)
{
    second_result = value;
}

__attribute__((weak)) int getTempRet0(void)
{
    return second_result;
}

#endif
