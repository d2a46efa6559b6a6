/* Errors: made once, shared by reference by all who are given them. */
#include <stdarg.h>
#include <stdio.h>

#include "host.h"

lull__error *lull__error_new(int code, const char *message, size_t length, lull__error *cause)
{
    lull__error *error = (lull__error *)lull__alloc(sizeof *error + length + 1);
    if (!error) return NULL;
    char *text = (char *)(error + 1);
    memcpy(text, message, length);
    text[length] = '\0';
    *error = (lull__error){.public = {code, text}, .references = 1, .cause = lull__error_retain(cause)};
    return error;
}

lull__error *lull__error_retain(lull__error *error)
{
    if (error) error->references++;
    return error;
}

void lull__error_release(lull__error *error)
{
    while (error && --error->references == 0) {
        lull__error *cause = error->cause;
        if (error->thrown) lull__host_release(error->thrown);
        lull__free(error);
        error = cause;
    }
}

const lull_error *lull_last_error(void)
{
    static lull_error plain; /* one suffices: it is read before the next wait */
    const lull__task *task = lull__self.running;
    if (task && task->error) return &task->error->public;
    plain.code = task ? task->error_code : 0;
    plain.message = lull_strerror(plain.code);
    return &plain;
}

/* What a NULL format passes on, and a format makes the cause. */
static lull__error *last_error(int code)
{
    lull__task *task = lull__self.running;
    return task && task->error && task->error->public.code == code ? task->error : NULL;
}

lull__error *lull__error_print(int code, const char *format, va_list arguments)
{
    if (!format) return lull__error_retain(last_error(code));
    va_list again;
    va_copy(again, arguments);
    char text[256];
    int length = vsnprintf(text, sizeof text, format, arguments);
    lull__error *error = NULL;
    if (length < (int)sizeof text) {
        error = lull__error_new(code, text, length < 0 ? 0 : (size_t)length, last_error(code));
    } else {
        char *long_text = (char *)lull__alloc((size_t)length + 1);
        if (long_text) {
            vsnprintf(long_text, (size_t)length + 1, format, again);
            error = lull__error_new(code, long_text, (size_t)length, last_error(code));
            lull__free(long_text);
        }
    }
    va_end(again);
    return error;
}
