/* QuickJS: calls, closures, objects, strings, regular expressions and sort. It prints its seconds. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pause.h"
#include "quickjs.h"

static const char script[] =
    "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\n"
    "if (fib(25) !== 75025) throw new Error('fib');\n"
    "const list = Array.from({ length: 40000 }, (_, i) => ({ name: 'n' + i * 7919 % 40000, i }));\n"
    "list.sort((a, b) => a.name < b.name ? -1 : 1);\n"
    "const text = list.map(({ name }) => name).join(' ');\n"
    "if (text.replace(/n(\\d)(\\d*)/g, (_, a, b) => b + a).length > text.length) throw new Error();\n"
    "let sum = 0; for (let i = 0; i < 1000000; i++) sum += i % 3;\n"
    "JSON.parse(JSON.stringify(list));\n"
    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(() => wait());\n";

static JSValue wait_in_javascript(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)context, (void)self, (void)argc, (void)argv;
    pause_a_turn();
    return JS_UNDEFINED;
}

int main(void)
{
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context) return 1;
    JSValue global = JS_GetGlobalObject(context);
    JS_SetPropertyStr(context, global, "wait", JS_NewCFunction(context, wait_in_javascript, "wait", 0));
    JS_FreeValue(context, global);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    JSValue result = JS_Eval(context, script, strlen(script), "script", JS_EVAL_TYPE_GLOBAL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (JS_IsException(result)) {
        fprintf(stderr, "%s\n", JS_ToCString(context, JS_GetException(context)));
        return 1;
    }
    printf("%.4f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9);
    JS_FreeValue(context, result);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
    return 0;
}
