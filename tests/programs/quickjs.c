/* A shell of QuickJS for its own tests, and its scripts as tasks, which wait in the middle of JavaScript's functions. */
#include <lull.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

#define TIMERS 32

typedef struct timer {
    JSValue function;
    double at;
} timer;

static timer timers[TIMERS];
static int timer_count;

static JSValue print(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self;
    for (int i = 0; i < argc; i++) {
        const char *text = JS_ToCString(context, argv[i]);
        if (!text) return JS_EXCEPTION;
        printf("%s%s", i ? " " : "", text);
        JS_FreeCString(context, text);
    }
    putchar('\n');
    return JS_UNDEFINED;
}

static JSValue wait(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc;
    double seconds;
    if (JS_ToFloat64(context, &seconds, argv[0])) return JS_EXCEPTION;
    int status = lull_pause(seconds);
    return status < 0 ? JS_ThrowInternalError(context, "%s", lull_strerror(status)) : JS_UNDEFINED;
}

static JSValue collect(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc, (void)argv;
    JS_RunGC(JS_GetRuntime(context));
    return JS_UNDEFINED;
}

static JSValue set_timeout(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc;
    double milliseconds;
    if (timer_count == TIMERS) return JS_ThrowRangeError(context, "too many timers");
    if (JS_ToFloat64(context, &milliseconds, argv[1])) return JS_EXCEPTION;
    timers[timer_count++] = (timer){JS_DupValue(context, argv[0]), lull_now() + milliseconds / 1000};
    return JS_UNDEFINED;
}

static void define(JSContext *context, JSValueConst object, const char *name, JSCFunction *function, int length)
{
    JS_SetPropertyStr(context, object, name, JS_NewCFunction(context, function, name, length));
}

static JSContext *new_context(void)
{
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context) lull_fail(LULL_ENOMEM, "no memory for a context");
    JSValue global = JS_GetGlobalObject(context);
    JSValue std = JS_NewObject(context);
    JSValue os = JS_NewObject(context);
    define(context, global, "print", print, 1);
    define(context, global, "wait", wait, 1);
    define(context, std, "gc", collect, 0);
    define(context, os, "setTimeout", set_timeout, 2);
    JS_SetPropertyStr(context, global, "std", std);
    JS_SetPropertyStr(context, global, "os", os);
    JS_FreeValue(context, global);
    return context;
}

static void free_context(void *context)
{
    JSRuntime *runtime = JS_GetRuntime(context);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
}

/* Print the pending exception. Returns false. */
static bool failed(JSContext *context)
{
    JSValue exception = JS_GetException(context);
    JSValue stack = JS_GetPropertyStr(context, exception, "stack");
    const char *text = JS_ToCString(context, exception);
    const char *lines = JS_ToCString(context, stack);
    printf("%s\n%s", text ? text : "?", lines ? lines : "");
    JS_FreeCString(context, text);
    JS_FreeCString(context, lines);
    JS_FreeValue(context, stack);
    JS_FreeValue(context, exception);
    return false;
}

static bool run_jobs(JSContext *context)
{
    int status;
    do status = JS_ExecutePendingJob(JS_GetRuntime(context), NULL);
    while (status > 0);
    return status == 0 || failed(context);
}

/* Run the timers in their order. */
static bool run_timers(JSContext *context)
{
    while (timer_count > 0) {
        int first = 0;
        for (int i = 1; i < timer_count; i++) {
            if (timers[i].at < timers[first].at) first = i;
        }
        timer next = timers[first];
        memmove(timers + first, timers + first + 1, (size_t)(--timer_count - first) * sizeof *timers);
        double left = next.at - lull_now();
        if (left > 0) lull_check(lull_pause(left));
        JSValue result = JS_Call(context, next.function, JS_UNDEFINED, 0, NULL);
        bool ok = !JS_IsException(result) || failed(context);
        JS_FreeValue(context, result);
        JS_FreeValue(context, next.function);
        if (!ok || !run_jobs(context)) return false;
    }
    return true;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    size_t length = 0;
    size_t size = 1 << 16;
    char *text = malloc(size);
    while (text) {
        length += fread(text + length, 1, size - length - 1, file);
        if (length < size - 1) break;
        text = realloc(text, size *= 2);
    }
    fclose(file);
    if (text) text[length] = '\0';
    return text;
}

static bool run_file(const char *path)
{
    char *source = read_file(path);
    if (!source) {
        perror(path);
        return false;
    }
    JSContext *context = new_context();
    JSValue result = JS_Eval(context, source, strlen(source), path, JS_EVAL_TYPE_GLOBAL);
    bool ok = !JS_IsException(result) || failed(context);
    JS_FreeValue(context, result);
    ok = ok && run_jobs(context) && run_timers(context);
    free(source);
    free_context(context);
    return ok;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!run_file(argv[i])) return 1;
        printf("%s\n", argv[i]);
    }
    return 0;
}

/* The result of a script as text. */
LULL_TASK(char *, evaluate, (const char *, source))
{
    JSContext *context = new_context();
    lull_check(lull_defer(free_context, context));
    JSValue result = JS_Eval(context, source, strlen(source), "script", JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(result)) result = JS_GetException(context);
    const char *text = JS_ToCString(context, result);
    char *copy = text ? strdup(text) : NULL;
    JS_FreeCString(context, text);
    JS_FreeValue(context, result);
    return copy;
}
