/* A wait that any function can reach: lull's, Emscripten's, or none where nothing can wait. */
#ifndef PAUSE_H
#define PAUSE_H

#if defined(WITH_LULL)
#include <lull.h>
static inline void pause_a_turn(void)
{
    lull_check(lull_pause(0));
}
#elif defined(WITH_ASYNCIFY)
#include <emscripten.h>
static inline void pause_a_turn(void)
{
    emscripten_sleep(0);
}
#else
static inline void pause_a_turn(void)
{
}
#endif

#ifdef __wasi__
int fchmod(int file, unsigned mode); /* older ones of wasi-libc lack it: see sqlite.c */
#endif

#endif
