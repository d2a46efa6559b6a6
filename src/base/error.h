/* Errors: made once, and shared by reference by all that are given them. */
#ifndef LULL_ERROR_H
#define LULL_ERROR_H

#include <stdarg.h>
#include <string.h>

#include "lull.h"
#include "port/port.h"

/* JavaScript reads this layout: see LULL__LAYOUT_MAP. */
typedef struct lull__error {
    lull_error public;          /* first: code and message, as lull_last_error shows them */
    uint32_t references;        /* how many hold it */
    lull_ref thrown;            /* the JavaScript error behind it; 0: it was made in C */
    struct lull__error *cause;  /* of an error made in C; NULL */
    struct lull__error **joint; /* the failures that it sums up, the first of which is its cause; NULL */
    size_t joint_count;         /* the number of those; 0 */
} lull__error;

/* A new error with one reference. The message is copied; the cause is retained. NULL where there is no memory. */
lull__error *lull__error_new(int code, const char *message, size_t length, lull__error *cause);
/* The same of a text; NULL for NULL, too. */
static inline lull__error *lull__error_because(int code, const char *reason)
{
    return reason ? lull__error_new(code, reason, strlen(reason), NULL) : NULL;
}
/* The same with the message printed. */
lull__error *lull__error_print_caused(int code, lull__error *cause, const char *format, va_list arguments);
/*
 * One error for several failures: the only one, or a new one with the code of the first. The errors and the array,
 * which is from lull__alloc, pass to it. NULL for none, or where there is no memory.
 */
lull__error *lull__error_join(lull__error **errors, size_t count);
/* One more reference; NULL for NULL. */
lull__error *lull__error_retain(lull__error *error);
void lull__error_release(lull__error *error);
/* As the platform has it. */
static inline const lull_error *lull__error_public(const lull__error *error)
{
    return (const lull_error *)(const void *)error;
}

#endif
