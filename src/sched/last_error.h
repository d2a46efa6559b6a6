/* The current task's last error, which the functions that make an error pass on or take as its cause. */
#ifndef LULL_LAST_ERROR_H
#define LULL_LAST_ERROR_H

#include "base/error.h"

/*
 * A new error, whose cause is the current task's last error if that has this code. A NULL format gives that last error
 * itself. NULL where there is no memory.
 */
lull__error *lull__error_print(int code, const char *format, va_list arguments);

#endif
