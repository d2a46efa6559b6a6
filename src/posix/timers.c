/*
 * Timers that send signals: alarm, setitimer and timer_create. Each that is armed has a task, in which the handlers
 * run. (POSIX.1-2017.)
 */
#include "posix/signals.h"

#if defined(__wasm__)

#include <limits.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "posix/thread.h"

typedef struct lull__ptimer {
    bool is_made;
    int place;       /* its timer_t; 0: of alarm or setitimer */
    lull_task task;  /* 0: it is not armed */
    double due;      /* by lull_now */
    double interval; /* seconds; 0: it fires once */
    int notify;      /* SIGEV_… */
    int signal;
    union sigval value;
    void (*function)(union sigval value);
    int overrun; /* how often it was due before its last signal had been sent */
    clockid_t clock;
} lull__ptimer;

/* `overrun`: how many of its times have passed that nothing else tells. */
static void fire(lull__ptimer *timer, int overrun)
{
    int missed = timer->overrun < INT_MAX - overrun ? timer->overrun + overrun + 1 : INT_MAX;
    bool is_pending = timer->notify == SIGEV_SIGNAL && timer->place && lull__signal_overruns(timer->place, missed);
    timer->overrun = is_pending ? missed : overrun;
    if (is_pending) return;
    if (timer->notify == SIGEV_SIGNAL) {
        const lull__signal signal = {
            .number = timer->signal,
            .code = timer->place ? SI_TIMER : SI_KERNEL,
            .value = timer->value,
            .timer = timer->place,
            .overrun = timer->overrun,
        };
        lull__signal_send_told(&signal);
    } else if (timer->notify == SIGEV_THREAD) {
        union sigval value = timer->value; /* as a parameter, a union is passed by its address */
        (void)lull__call_any((lull__any *)timer->function, &value);
    }
}

/* A timer that is armed anew, or deleted, kills this task, unless that is the caller. */
static lull_value run_timer(void *argument)
{
    lull__ptimer *timer = (lull__ptimer *)argument;
    lull_task self = lull_current();
    lull__thread *record = lull__thread_self();
    if (record) record->is_internal = true;
    for (;;) {
        double left = timer->due - lull_now();
        lull_check(lull_pause(left > 0 ? left : 0)); /* a timer that is due again at once lets others run, too */
        if (timer->task != self) return 0;
        if (lull_now() < timer->due) continue; /* resumed early */
        if (timer->interval > 0) {
            double missed = (lull_now() - timer->due) / timer->interval;
            int overrun = missed < INT_MAX ? (int)missed : INT_MAX;
            timer->due += timer->interval * ((double)overrun + 1);
            fire(timer, overrun);
        } else {
            timer->task = 0;
            fire(timer, 0);
            return 0;
        }
        if (timer->task != self) return 0;
    }
}

static void disarm(lull__ptimer *timer)
{
    lull_task task = timer->task;
    timer->task = 0;
    if (task && task != lull_current()) (void)lull_kill(task);
}

/* Returns an error number. */
static int arm(lull__ptimer *timer, const char *name, double seconds, double interval)
{
    disarm(timer);
    timer->due = lull_now() + seconds;
    timer->interval = interval;
    timer->overrun = 0;
    lull_task task = lull_spawn(run_timer, timer, .name = name, .stack_size = LULL__THREAD_STACK_SIZE);
    if (task < 0) return EAGAIN;
    timer->task = task;
    return 0;
}

static double left_of(const lull__ptimer *timer)
{
    double left = timer->task ? timer->due - lull_now() : 0;
    return left > 0 ? left : timer->task ? 1e-9 : 0; /* 0 is a timer that is not armed */
}

/* ---- alarm and setitimer: the processor's time is the time that passes ------------------------------------------- */

static lull__ptimer interval_timers[3] = {
    {.signal = SIGALRM}, {.signal = SIGVTALRM}, {.signal = SIGPROF}}; /* by ITIMER_REAL and so on */

static struct timeval timeval_of(double seconds)
{
    double whole = (double)(int64_t)seconds;
    return (struct timeval){.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)((seconds - whole) * 1e6 + 0.999)};
}

static bool is_interval(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

LULL__WEAK int getitimer(int which, struct itimerval *value)
{
    if (which < 0 || which > ITIMER_PROF) return lull__posix_result(EINVAL);
    const lull__ptimer *timer = &interval_timers[which];
    *value = (struct itimerval){timeval_of(timer->task ? timer->interval : 0), timeval_of(left_of(timer))};
    return 0;
}

LULL__WEAK int setitimer(int which, const struct itimerval *value, struct itimerval *before)
{
    if (which < 0 || which > ITIMER_PROF) return lull__posix_result(EINVAL);
    if (!is_interval(&value->it_value) || !is_interval(&value->it_interval)) return lull__posix_result(EINVAL);
    if (before) (void)getitimer(which, before);
    lull__ptimer *timer = &interval_timers[which];
    double seconds = (double)value->it_value.tv_sec + (double)value->it_value.tv_usec / 1e6;
    double interval = (double)value->it_interval.tv_sec + (double)value->it_interval.tv_usec / 1e6;
    if (seconds > 0) return lull__posix_result(arm(timer, "setitimer", seconds, interval));
    disarm(timer);
    return 0;
}

LULL__WEAK unsigned alarm(unsigned seconds)
{
    lull__ptimer *timer = &interval_timers[ITIMER_REAL];
    double left = left_of(timer);
    disarm(timer);
    if (seconds) (void)arm(timer, "alarm", seconds, 0); /* alarm cannot fail: without memory, it does not ring */
    unsigned whole = (unsigned)left;
    return whole < left ? whole + 1 : whole;
}

unsigned ualarm(unsigned microseconds, unsigned interval);

LULL__WEAK unsigned ualarm(unsigned microseconds, unsigned interval)
{
    lull__ptimer *timer = &interval_timers[ITIMER_REAL];
    double left = left_of(timer) * 1e6;
    disarm(timer);
    if (microseconds) (void)arm(timer, "ualarm", (double)microseconds / 1e6, (double)interval / 1e6);
    return left < UINT_MAX ? (unsigned)left : UINT_MAX;
}

/* ---- timer_create ------------------------------------------------------------------------------------------------ */

#define TIMERS_MAX 64

/* A timer_t is the place here, from 1. In static memory: a handler may delete the timer whose task it runs in. */
static lull__ptimer timers[TIMERS_MAX];

static lull__ptimer *timer_of(timer_t id)
{
    uintptr_t place = (uintptr_t)id;
    return place >= 1 && place <= TIMERS_MAX && timers[place - 1].is_made ? &timers[place - 1] : NULL;
}

LULL__WEAK int timer_create(clockid_t clock, struct sigevent *event, timer_t *made)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return -1;
    if (event && event->sigev_notify == SIGEV_SIGNAL && !lull__is_signal(event->sigev_signo))
        return lull__posix_result(EINVAL);
    if (event && (event->sigev_notify < SIGEV_SIGNAL || event->sigev_notify > SIGEV_THREAD))
        return lull__posix_result(EINVAL);
    uintptr_t place = 0;
    while (place < TIMERS_MAX && timers[place].is_made) place++;
    if (place == TIMERS_MAX) return lull__posix_result(EAGAIN);
    lull__ptimer *timer = &timers[place];
    *timer = (lull__ptimer){.is_made = true, .place = (int)place + 1, .signal = SIGALRM, .clock = clock};
    timer->value.sival_int = timer->place;
    if (event) {
        timer->notify = event->sigev_notify;
        timer->signal = event->sigev_signo;
        timer->value = event->sigev_value;
        if (timer->notify == SIGEV_THREAD) timer->function = event->sigev_notify_function;
    }
    *made = (timer_t)(place + 1);
    return 0;
}

LULL__WEAK int timer_delete(timer_t id)
{
    lull__ptimer *timer = timer_of(id);
    if (!timer) return lull__posix_result(EINVAL);
    disarm(timer);
    timer->is_made = false;
    return 0;
}

LULL__WEAK int timer_gettime(timer_t id, struct itimerspec *value)
{
    lull__ptimer *timer = timer_of(id);
    if (!timer) return lull__posix_result(EINVAL);
    value->it_value = lull__timespec(left_of(timer));
    value->it_interval = lull__timespec(timer->task ? timer->interval : 0);
    return 0;
}

static bool is_delay(const struct timespec *time)
{
    return lull__is_time(time) && time->tv_sec >= 0;
}

LULL__WEAK int timer_settime(timer_t id, int flags, const struct itimerspec *value, struct itimerspec *before)
{
    lull__ptimer *timer = timer_of(id);
    if (!timer || !is_delay(&value->it_value) || !is_delay(&value->it_interval)) return lull__posix_result(EINVAL);
    if (before) (void)timer_gettime(id, before);
    double seconds = lull__seconds(&value->it_value);
    if (seconds > 0 && flags & TIMER_ABSTIME) {
        seconds = lull__seconds_until(timer->clock, &value->it_value);
    } else if (seconds <= 0) {
        disarm(timer);
        return 0;
    }
    return lull__posix_result(arm(timer, "timer_settime", seconds, lull__seconds(&value->it_interval)));
}

LULL__WEAK int timer_getoverrun(timer_t id)
{
    lull__ptimer *timer = timer_of(id);
    return timer ? timer->overrun : lull__posix_result(EINVAL);
}

#endif
