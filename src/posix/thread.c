/*
 * Threads: their creation, cancellation and end. A thread is a task, so it is interrupted only where it waits, and
 * cancellation is always deferred. (POSIX.1-2017.)
 */
#include "posix/thread.h"

#if defined(__wasm__)

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "sched/state.h"

#define THREADS_FEW 16
#define THREADS_AHEAD 256

static lull__pool records = {.size = (sizeof(lull__thread) + 7) & ~(size_t)7};
static lull_local current_thread = {.lull__own = true};
static size_t created;           /* threads that have not ended */
static lull__lot last;           /* main(), after pthread_exit */
static bool points_need_records; /* at cancellation points: signals interrupt them */
static size_t records_count;
static lull__link all_records = {&all_records, &all_records};

lull_task lull__locker(void)
{
    lull_task task = lull_current();
    return task ? task : -1;
}

static lull__thread *new_record(lull_task task)
{
    lull__thread *thread = (lull__thread *)lull__pool_take(&records);
    if (!thread) return NULL;
    *thread = (lull__thread){.task = task, .is_live = true, .value = PTHREAD_CANCELED};
    lull__list_push_back(&all_records, &thread->others);
    records_count++;
    return thread;
}

lull__thread *lull__thread_after(const lull__thread *thread)
{
    lull__link *next = thread ? thread->others.next : all_records.next;
    return next == &all_records ? NULL : LULL__CONTAINER(next, lull__thread, others);
}

bool lull__threads_are_all(void)
{
    return records_count >= lull__rt.live;
}

static void free_record(lull__thread *thread)
{
    thread->is_live = false;
    lull__list_remove(&thread->others);
    records_count--;
    lull__pool_give(&records, thread);
}

/* The cleanup of a thread: once. */
static void clean_up(lull__thread *thread)
{
    thread->is_ending = true;
    while (thread->cleanups) {
        struct __ptcb *cleanup = thread->cleanups;
        thread->cleanups = cleanup->__next;
        (void)lull__call_any((lull__any *)cleanup->__f, cleanup->__x);
    }
    lull__specific_end(thread);
}

/* A task with a record ends, in whatever way. */
static void task_ends(void *argument)
{
    lull__thread *thread = (lull__thread *)argument;
    clean_up(thread);
    lull__robust_end(thread);
    while (thread->queued) {
        lull__queued *signal = thread->queued;
        thread->queued = signal->next;
        free(signal);
    }
    thread->is_over = true;
    if (!thread->is_created) {
        free_record(thread);
        return;
    }
    if (--created == 0) lull__unpark_all(&last);
    if (thread->is_detached) {
        free_record(thread);
    } else {
        lull__unpark_all(&thread->ended);
    }
}

lull__thread *lull__thread_self(void)
{
    static lull__thread outside;
    lull_task task = lull_current();
    if (!task) {
        outside.is_live = true;
        return &outside;
    }
    lull__thread *thread = (lull__thread *)lull_local_get(&current_thread);
    if (thread) return thread;
    thread = new_record(task);
    if (!thread) return NULL;
    if (lull_local_set(&current_thread, thread) == 0 && lull_defer(task_ends, thread) == 0) return thread;
    (void)lull_local_set(&current_thread, NULL);
    free_record(thread);
    return NULL;
}

LULL_NORETURN static void end_with(void *value)
{
    lull__thread *self = lull__thread_self();
    if (!self || !self->task) abort();
    static const lull__lot_kind kind = {.name = "pthread_exit"};
    self->value = value;
    if (!self->is_ending) clean_up(self);
    if (self->is_created) lull_return(0);
    while (created > 0) (void)lull__park_for_lock(&last, NULL, &kind, LULL_FOREVER);
    exit(0);
}

/* ---- Cancellation ------------------------------------------------------------------------------------------------ */

static lull__thread *canceled_self(void)
{
    lull__thread *self = (lull__thread *)lull_local_get(&current_thread);
    return self && self->is_canceled && !self->ignores_cancel && !self->is_ending ? self : NULL;
}

static void enter_point(void)
{
    lull__thread *self =
        points_need_records && lull_current() ? lull__thread_self() : (lull__thread *)lull_local_get(&current_thread);
    if (canceled_self()) end_with(PTHREAD_CANCELED);
    if (self) self->is_at_point = true;
}

static void leave_point(int status)
{
    lull__thread *self = (lull__thread *)lull_local_get(&current_thread);
    if (self) self->is_at_point = false;
    if (status >= 0) return;
    if (status == LULL__EINTR && lull__run_handlers) lull__run_handlers();
    bool by_task = status == LULL_ECANCELED && self && self->is_created && !self->ignores_cancel && !self->is_ending;
    if (by_task || canceled_self()) end_with(PTHREAD_CANCELED);
    lull__point_restarts = lull__park_restarts(status);
}

void lull__points_use(bool with_records)
{
    static const lull__points points = {enter_point, leave_point};
    lull__points_in_use = &points;
    if (with_records) points_need_records = true;
}

LULL__THREADS(int, pthread_cancel, pthread_t id)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live || thread->is_over) return ESRCH;
    lull__points_use(false);
    thread->is_canceled = true;
    if (thread == lull__thread_self()) {
        if (thread->cancel_type == PTHREAD_CANCEL_ASYNCHRONOUS) pthread_testcancel();
    } else if (!thread->ignores_cancel && !thread->is_locking && !thread->is_ending) {
        int status = lull_throw(thread->task, LULL_ECANCELED, NULL);
        (void)status; /* a thread that runs ends at its next cancellation point */
    }
    return 0;
}

LULL__THREADS(int, pthread_setcancelstate, int state, int *before)
{
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE) return EINVAL;
    lull__thread *self = lull__thread_self();
    if (!self) return ENOMEM;
    if (before) *before = self->ignores_cancel ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    self->ignores_cancel = state == PTHREAD_CANCEL_DISABLE;
    return 0;
}

LULL__THREADS(int, pthread_setcanceltype, int type, int *before)
{
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS) return EINVAL;
    lull__thread *self = lull__thread_self();
    if (!self) return ENOMEM;
    if (before) *before = self->cancel_type;
    self->cancel_type = type;
    if (type == PTHREAD_CANCEL_ASYNCHRONOUS) pthread_testcancel();
    return 0;
}

LULL__THREADS(void, pthread_testcancel, void)
{
    if (canceled_self()) end_with(PTHREAD_CANCELED);
}

LULL__THREADS(void, _pthread_cleanup_push, struct __ptcb *cleanup, void (*function)(void *), void *argument)
{
    lull__thread *self = lull__thread_self();
    if (!self) abort();
    *cleanup = (struct __ptcb){.__f = function, .__x = argument, .__next = self->cleanups};
    self->cleanups = cleanup;
}

LULL__THREADS(void, _pthread_cleanup_pop, struct __ptcb *cleanup, int runs)
{
    lull__thread_self()->cleanups = cleanup->__next;
    if (runs) (void)lull__call_any((lull__any *)cleanup->__f, cleanup->__x);
}

/* ---- Their life -------------------------------------------------------------------------------------------------- */

static lull_value run_thread(void *argument)
{
    lull__thread *self = (lull__thread *)argument;
    if (lull_local_set(&current_thread, self) < 0 || lull_defer(task_ends, self) < 0) { /* it cannot start */
        task_ends(self);
        return 0;
    }
    self->is_started = true;
    if (self->is_interrupted && lull__run_handlers) lull__run_handlers();
    end_with(lull__call_any((lull__any *)self->function, self->argument));
}

/*
 * Stacks of the default size are allocated one by one as their threads start, and each would grow the memory by a page.
 * That takes as long as to grow it by many (D56), and much longer where JavaScript holds many objects: V8 collects
 * garbage for it. So a program with many threads makes room for a share of them at once.
 */
static void make_room_for_stacks(void)
{
    static size_t roomy = THREADS_FEW; /* up to so many threads */
    if (created < roomy) return;
    size_t more = created / 4 < THREADS_AHEAD ? created / 4 : THREADS_AHEAD;
    void *volatile room = malloc(more * LULL__THREAD_STACK_SIZE); /* volatile, so that it is allocated for nothing */
    free(room);
    roomy = created + more;
}

LULL__THREADS(int, pthread_create, pthread_t *id, const pthread_attr_t *attributes, void *(*function)(void *),
              void *argument)
{
    size_t size = LULL__THREAD_STACK_SIZE;
    int state = PTHREAD_CREATE_JOINABLE;
    int inherits = PTHREAD_INHERIT_SCHED;
    const lull__thread *creator = lull__thread_self();
    lull__thread *thread = creator ? new_record(0) : NULL;
    if (!thread) return EAGAIN;
    if (attributes) {
        pthread_attr_getstacksize(attributes, &size);
        pthread_attr_getdetachstate(attributes, &state);
        pthread_attr_getinheritsched(attributes, &inherits);
    }
    thread->blocked = creator->blocked;
    thread->policy = creator->policy;
    thread->priority = creator->priority;
    if (attributes && inherits == PTHREAD_EXPLICIT_SCHED) {
        struct sched_param param;
        pthread_attr_getschedpolicy(attributes, &thread->policy);
        pthread_attr_getschedparam(attributes, &param);
        thread->priority = param.sched_priority;
    }
    thread->function = function;
    thread->argument = argument;
    thread->is_detached = state == PTHREAD_CREATE_DETACHED;
    thread->is_created = true;
    lull__points_use(false);
    if (size == LULL__THREAD_STACK_SIZE) make_room_for_stacks();
    thread->task = lull_spawn(run_thread, thread, .name = "thread", .stack_size = size);
    if (thread->task < 0) {
        free_record(thread);
        return EAGAIN;
    }
    created++;
    *id = (pthread_t)thread;
    return 0;
}

LULL__THREADS(_Noreturn void, pthread_exit, void *value)
{
    end_with(value);
}

static lull_task thread_of_join(const void *object)
{
    return ((const lull__thread *)object)->task;
}

static int join(pthread_t id, void **value, double seconds)
{
    static const lull__lot_kind kind = {.name = "pthread_join", .holder = thread_of_join};
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (thread == lull__thread_self()) return EDEADLK;
    if (!thread->is_created || thread->is_detached || thread->is_joined) return EINVAL;
    double end = seconds < LULL_FOREVER ? lull_now() + seconds : seconds;
    while (!thread->is_over) {
        lull__point_enter();
        thread->is_joined = true;
        int status = LULL_ETIMEDOUT;
        if (seconds > 0) {
            double left = end < LULL_FOREVER ? end - lull_now() : end;
            status = lull__park(&thread->ended, thread, &kind, left, true);
        }
        thread->is_joined = thread->is_over;
        lull__point_leave(status);
        if (thread->is_over || lull__posix_is_interrupted(status)) continue;
        if (status == LULL_ECANCELED) lull_fail(status, NULL);
        return lull__posix_error(kind.name, status);
    }
    if (value) *value = thread->value;
    free_record(thread);
    return 0;
}

LULL__THREADS(int, pthread_join, pthread_t id, void **value)
{
    return join(id, value, LULL_FOREVER);
}

LULL__THREADS(int, pthread_tryjoin_np, pthread_t id, void **value)
{
    int error = join(id, value, 0);
    return error == ETIMEDOUT ? EBUSY : error;
}

LULL__THREADS(int, pthread_timedjoin_np, pthread_t id, void **value, const struct timespec *until)
{
    return lull__is_time(until) ? join(id, value, lull__seconds_until(CLOCK_REALTIME, until)) : EINVAL;
}

LULL__THREADS(int, pthread_detach, pthread_t id)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (!thread->is_created || thread->is_detached) return EINVAL;
    thread->is_detached = true;
    if (thread->is_over) free_record(thread);
    return 0;
}

LULL__THREADS(pthread_t, pthread_self, void)
{
    lull__thread *self = lull__thread_self();
    if (!self) abort();
    return (pthread_t)self;
}

#undef pthread_equal
LULL__THREADS(int, pthread_equal, pthread_t a, pthread_t b)
{
    return a == b;
}

LULL__THREADS(int, pthread_setname_np, pthread_t id, const char *name)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (strlen(name) >= sizeof thread->name) return ERANGE;
    strcpy(thread->name, name);
    lull__task_rename(thread->task, thread->name);
    return 0;
}

LULL__THREADS(int, pthread_getname_np, pthread_t id, char *name, size_t size)
{
    const lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (strlen(thread->name) >= size) return ERANGE;
    strcpy(name, thread->name);
    return 0;
}

#endif
