/* The program `awaits` of bench/peers.js in Emscripten's Asyncify, or its JSPI: C awaits promises of JavaScript. */
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

EM_ASYNC_JS(int, next, (int n), { return n + 1; }); /* async, so it returns one settled promise, as lull's host does */

int main(int arguments, char **argument)
{
    if (arguments < 3) return 2;
    const int times = atoi(argument[2]);
    const double start = emscripten_get_now();
    int n = 0;
    for (int i = 0; i < times; i++) n = next(n);
    if (n != times) abort();
    printf("figure %f\n", (emscripten_get_now() - start) * 1e6 / times);
    return 0;
}
