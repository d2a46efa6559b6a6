/*
 * Attributes for the C compiler, and the rule for indirect calls.
 *
 * The rule: code that may not suspend is called through a pointer only in a noinline function named lull__hook_…
 * (LULL__HOOK). Asyncify takes every indirect call for one that may suspend, and instruments its caller, the callers of
 * that, and so on: half of the runtime. The instrument step (toolchain/instrument.js) exempts functions of this name,
 * and keeps Binaryen from inlining them.
 */
#ifndef LULL_COMPILER_H
#define LULL_COMPILER_H

#include <stddef.h>

/* Kept out of its caller: else that would have a C stack frame (see LULL__BLOCKING), or more bytes than it is worth. */
#define LULL__NOINLINE __attribute__((noinline))

/* Inlined in all callers, so that neither has a C stack frame for what is returned by address. */
#define LULL__INLINE static inline __attribute__((always_inline))

/* Rarely called, and kept out of its callers, so that they stay small enough for engines to inline. */
#define LULL__COLD __attribute__((noinline, cold))

/* A function named lull__hook_…: see the rule above. */
#define LULL__HOOK __attribute__((noinline))

#ifdef __wasm__
/*
 * False: the build puts the constant here after unused functions are gone. So `if (lull__never()) f();` uses f without
 * calling it; the build exports functions named lull__used_… that something uses.
 */
__attribute__((import_module("lull build"), import_name("never"))) int lull__never(void);
#endif

/* The struct that has this member at this address. */
#define LULL__CONTAINER(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
