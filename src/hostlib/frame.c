/* Animation frames: a future for the next frame, which the host settles and all waiters share. See D41. */
#include "lull_frame.h"

#include "boundary/host_call.h"
#include "sched/wait.h"
#include "waitables/future.h"

/* The next frame, or the last one, if none has been asked for since; NULL before the first. */
static lull__future *frame;

/* The next frame, for which the host is asked once. NULL where there is no memory. */
LULL__NOINLINE static lull__future *next_frame(void)
{
    if (frame && !frame->settled) return frame;
    if (frame) lull__future_drop(frame); /* its waiters have been woken */
    frame = NULL;
    lull_future handle = lull_future_new();
    if (handle < 0) return NULL;
    frame = lull__future_get(handle);
    frame->waiters.yieldable.name = LULL__WAIT_FRAME;
    frame->awaited = true;                         /* a failure of the host goes to the waiters */
    lull__task *running = lull__nosuspend_enter(); /* C that JavaScript calls back cannot suspend */
    lull__host_call_answered(frame, lull_next_frame__import((int)lull__handle_index(handle)));
    lull__nosuspend_leave(running);
    return frame;
}

/* As lull__wait_begin. */
LULL__NOINLINE static int begin_frame(lull__task *task)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    lull__future *next = next_frame();
    return next ? lull__await_begin(task, next) : lull__wait_failed(task, LULL_ENOMEM, NULL);
}

LULL__BLOCKING int lull_frame(void)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        int status = begin_frame(task);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, NULL);
}

lull_yieldable *lull_frame_yieldable(void)
{
    lull__future *next = next_frame();
    return next ? &next->waiters.yieldable : NULL;
}
