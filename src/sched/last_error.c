/* The current task's last error. */
#include "sched/last_error.h"

#include "sched/state.h"
#include "sched/task_ext.h"

const lull_error *lull_last_error(void)
{
    /* A whole lull__error, for lull_error_part. One suffices: it is read before the next wait. */
    static lull__error plain;
    const lull__task *task = lull__rt.running;
    if (task && task->ext->error) return &task->ext->error->public;
    plain.public.code = task ? task->status : 0;
    plain.public.message = lull_strerror(plain.public.code);
    return &plain.public;
}

static lull__error *last_error(int code)
{
    lull__error *error = lull__rt.running ? lull__rt.running->ext->error : NULL;
    return error && error->public.code == code ? error : NULL;
}

lull__error *lull__error_print(int code, const char *format, va_list arguments)
{
    lull__error *last = last_error(code);
    return format ? lull__error_print_caused(code, last, format, arguments) : lull__error_retain(last);
}
