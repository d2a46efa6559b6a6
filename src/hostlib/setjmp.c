/*
 * longjmp: LLVM makes an exception of WebAssembly of it, which the function that called setjmp catches. If that
 * function is not on the task's stack, nothing would: the instrument step (toolchain/uncaught.js) catches it below the
 * task, and calls this. See D95.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/compiler.h"
#include "lull.h"
#include "posix/wait.h"

/* Linked if a program calls longjmp. */
void lull__stray_jump(void);

LULL__NOINLINE void lull__stray_jump(void)
{
    lull_fail(LULL_ETRAP, "longjmp: the function that called setjmp has returned, or belongs to another task");
}

LULL__HOOK static void lull__hook_leave_handlers(void)
{
    if (lull__leave_handlers) lull__leave_handlers();
}

#if defined(__EMSCRIPTEN__)

_Noreturn void __real___wasm_longjmp(void *where, int value);
_Noreturn void __wrap___wasm_longjmp(void *where, int value);

/* The linker puts this in the place of the C library's. */
_Noreturn void __wrap___wasm_longjmp(void *where, int value)
{
    if (lull__never()) lull__stray_jump();
    lull__hook_leave_handlers();
    __real___wasm_longjmp(where, value ? value : 1); /* Emscripten 3.1.6 leaves that out */
}

#else

/*
 * LLVM's part of setjmp, by the names that its code calls. wasi-libc has it since 2024, for LLVM 19 and later, so lull
 * has its own for all of them. See D102.
 */

/* The tag of the exception. Before LLVM 22, each object that uses it defines it. */
#if __clang_major__ >= 22
__asm__(".globl __c_longjmp\n"
        ".tagtype __c_longjmp i32\n"
        "__c_longjmp:\n");
#endif

/* The contents of a jmp_buf. */
typedef struct jump_place {
    uintptr_t owner; /* the call of the function that called setjmp; before LLVM 19, the number of the call of setjmp */
    uint32_t label;  /* which setjmp of that function */
    struct jump {    /* the exception: LLVM's code reads it */
        struct jump_place *to;
        int value;
    } jump;
} jump_place;

void __wasm_setjmp(jump_place *at, uint32_t label, void *owner);
uint32_t __wasm_setjmp_test(jump_place *at, void *owner);
_Noreturn void __wasm_longjmp(jump_place *to, int value);

void __wasm_setjmp(jump_place *at, uint32_t label, void *owner)
{
    at->owner = (uintptr_t)owner;
    at->label = label;
}

uint32_t __wasm_setjmp_test(jump_place *at, void *owner)
{
    return at->owner == (uintptr_t)owner ? at->label : 0;
}

_Noreturn void __wasm_longjmp(jump_place *to, int value)
{
    if (lull__never()) lull__stray_jump();
    lull__hook_leave_handlers();
    to->jump = (struct jump){.to = to, .value = value ? value : 1};
    __builtin_wasm_throw(1, &to->jump);
}

/*
 * Before LLVM 19, each call of a function that calls setjmp has a table in memory of malloc, which ends with a zero.
 * The function frees it, and passes the size for which there is room besides.
 */
typedef struct setjmp_call {
    uintptr_t number;
    uint32_t label;
} setjmp_call;

setjmp_call *saveSetjmp(jump_place *at, uint32_t label, setjmp_call *table, uint32_t size);
uint32_t testSetjmp(uintptr_t number, const setjmp_call *table, uint32_t size);
void setTempRet0(int value);

/* Returns the table, and its size as the second result. */
setjmp_call *saveSetjmp(jump_place *at, uint32_t label, setjmp_call *table, uint32_t size)
{
    static uintptr_t last;
    uint32_t used = 0;
    while (used < size && table[used].number) used++;
    if (used >= size) {
        size *= 2;
        table = (setjmp_call *)realloc(table, (size + 1) * sizeof *table);
        if (!table) abort();
    }
    at->owner = ++last;
    table[used] = (setjmp_call){.number = last, .label = label};
    table[used + 1].number = 0;
    setTempRet0((int)size);
    return table;
}

uint32_t testSetjmp(uintptr_t number, const setjmp_call *table, uint32_t size)
{
    for (uint32_t i = 0; i < size && table[i].number; i++) {
        if (table[i].number == number) return table[i].label;
    }
    return 0;
}

#endif

/* The second result of functions, where a C library leaves that to JavaScript (Emscripten 3.1.6) or has none. */

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
