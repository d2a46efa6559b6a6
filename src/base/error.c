/* Errors: made once, and shared by reference. See D13. */
#include "base/error.h"

#include <stdio.h>

#include "base/memory.h"

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

static void release_all(lull__error **errors, size_t count)
{
    for (size_t i = 0; i < count; i++) lull__error_release(errors[i]);
    lull__free(errors);
}

void lull__error_release(lull__error *error)
{
    while (error && --error->references == 0) {
        lull__error *cause = error->cause;
        if (error->joint) release_all(error->joint, error->joint_count);
        if (error->thrown) lull__port_release(error->thrown);
        lull__free(error);
        error = cause;
    }
}

const lull_error *lull_error_part(const lull_error *error, size_t index)
{
    const lull__error *whole = (const lull__error *)(const void *)error;
    return index < whole->joint_count ? &whole->joint[index]->public : NULL;
}

/* A new error with the messages of all. Without printf, which would then be in every module. */
static lull__error *sum_up(lull__error **errors, size_t count)
{
    static const char separator[] = "; ";
    size_t length = 0;
    for (size_t i = 0; i < count; i++) length += strlen(errors[i]->public.message) + sizeof separator - 1;
    char *text = (char *)lull__alloc(length + 1);
    if (!text) return NULL;
    char *end = text;
    for (size_t i = 0; i < count; i++) {
        const char *message = errors[i]->public.message;
        memcpy(end, message, strlen(message));
        end += strlen(message);
        memcpy(end, separator, sizeof separator);
        end += sizeof separator - 1;
    }
    lull__error *sum = lull__error_new(errors[0]->public.code, text, length - (sizeof separator - 1), errors[0]);
    lull__free(text);
    return sum;
}

lull__error *lull__error_join(lull__error **errors, size_t count)
{
    lull__error *joint = count > 1 ? sum_up(errors, count) : count ? lull__error_retain(errors[0]) : NULL;
    if (joint && count > 1) {
        joint->joint = errors;
        joint->joint_count = count;
    } else {
        release_all(errors, count);
    }
    return joint;
}

lull__error *lull__error_print_caused(int code, lull__error *cause, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    char text[256];
    int length = vsnprintf(text, sizeof text, format, arguments);
    lull__error *error = NULL;
    if (length < (int)sizeof text) {
        error = lull__error_new(code, text, length < 0 ? 0 : (size_t)length, cause);
    } else {
        char *long_text = (char *)lull__alloc((size_t)length + 1);
        if (long_text) {
            vsnprintf(long_text, (size_t)length + 1, format, again);
            error = lull__error_new(code, long_text, (size_t)length, cause);
            lull__free(long_text);
        }
    }
    va_end(again);
    return error;
}
