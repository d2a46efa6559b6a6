/*
 * Executes programs with lull itself, as interpreter.js does on the model, and writes the same trace. For wasm and
 * native.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/task.h" /* for what the remaining tasks wait for */

/* As LIMITS in program.js. */
enum { BODIES = 4, TASKS = 12, DEFERS = 10, FUTURES = 3, SCOPES = 16, GROUPS = 8, CHANNELS = 3 };

/* In the order of program.js. */
/* clang-format off */ /* it puts each on a line of its own */
typedef enum op_code {
    PAUSE, WAIT, WAIT_WITHIN, JOIN, JOIN_WITHIN, AWAIT, AWAIT_WITHIN, AWAIT_ALL, AWAIT_ANY, RACE, INSIST,
    SPAWN, SCHEDULE, RESUME, THROW, CANCEL, KILL,
    RESOLVE, REJECT, FREE, RENEW, SETTLED,
    ENTER, SHIELD, LEAVE, LEAVE_OTHER, CANCEL_SCOPE,
    OPEN, GATHER, GATHER_OTHER, CHILDLESS_WITHIN, CANCEL_GROUP,
    DEFER, CHECK, RETURN, FAIL,
    SEND, RECEIVE, TRY_SEND, TRY_RECEIVE, CLOSE, LENGTH, RETAIN, RELEASE, RENEW_CHANNEL, SELECT, TRY_SELECT, SEED,
    TAKE, TAKE_WITHIN, TRY_TAKE, GIVE, DESTROY, RENEW_LOCK, CLEAR, ADD, WAIT_SIGNAL, SIGNAL, BROADCAST, ONCE,
    START = 100, END, LEFT, REPORT, REPORTS, WAITS
} op_code;

typedef enum lock {
    MUTEX_0, MUTEX_1, READ_LOCK, WRITE_LOCK, SEMAPHORE, EVENT, BARRIER, WAIT_GROUP, CONDITION, ONCE_LOCK
} lock;
/* clang-format on */

enum {
    HOST = -1,
    LEFT_OUT = 1,
    FOREVER = 1000,
    BETWEEN = 1000,
    OWN = -1,
    NOTHING = -1,
    FIRST_FUTURE = 20,
    FIRST_SEND = 30,
    FIRST_RECEIVE = 40,
    FIRST_TIME = 50,
    FIRST_GROUP = 60,
    FIRST_LOCK = 70,
    ITEMS = 3,
    CASES = 4,
    LARGE = 2, /* the channel whose elements do not have their place in a lull_value */
    NUMBERS = 1 << 14
};

typedef struct op {
    int16_t code, a, b, c, d, e;
} op;

typedef struct list {
    int count;
    const op *ops;
} list;

/* What a task or a defer is to do, and in whose name. */
typedef struct job {
    int who;
    int body;
} job;

/* What goes through channels. Most have room for the first part only, which has its place in a lull_value. */
typedef struct element {
    int number;
    int rest[5];
} element;

/* What one list of operations is executed with. */
typedef struct frame {
    int who;
    int last;                     /* the status of its last operation */
    int depth;                    /* how many scopes and groups it has entered */
    int entered[SCOPES + GROUPS]; /* their numbers, a group's after all scopes', innermost last */
} frame;

static struct state {
    list lists[BODIES + 1]; /* the bodies, and what the host does */
    lull_task tasks[TASKS];
    job jobs[TASKS];
    int task_count;
    job defers[DEFERS];
    int defer_count;
    lull_future futures[FUTURES];
    lull_scope scopes[SCOPES];
    int scope_count;
    lull_group groups[GROUPS];
    int group_count;
    lull_chan channels[CHANNELS];
    lull_mutex mutexes[2];
    lull_rwlock rwlock;
    lull_cond condition;
    lull_semaphore semaphore;
    lull_event event;
    lull_barrier barrier;
    lull_wait_group wait_group;
    lull_once once;
    int messages;
    int elements;
    double start;
    int step; /* what the host does next */
} state;

/* The trace: a count and so many numbers. */
static struct trace {
    int32_t count;
    int32_t numbers[NUMBERS];
} trace;

/* The program, as `encode` of program.js makes it. */
static int16_t input[2048];

static void put(int32_t number)
{
    if (trace.count < NUMBERS) trace.numbers[trace.count++] = number;
}

/* The number in a message; 0 where there is none. */
static int number_in(const char *message)
{
    return message[0] == '#' ? (int)strtol(message + 1, NULL, 10) : 0;
}

static void note(int who, int what, int status, lull_value value)
{
    const lull_error *error = lull_last_error();
    put(who);
    put(what);
    put(status);
    put((int32_t)value);
    put((int32_t)(lull_now() - state.start));
    put(error->code);
    put(number_in(error->message));
}

static double limit(int seconds)
{
    return seconds == FOREVER ? LULL_FOREVER : seconds;
}

static lull_task task_at(int number)
{
    return number < TASKS ? state.tasks[number] : 0;
}

static lull_future future_at(int number)
{
    return number < FUTURES ? state.futures[number] : 0;
}

static lull_chan channel_at(int number)
{
    return number < CHANNELS ? state.channels[number] : 0;
}

/* OWN: the innermost that was opened in the same body. */
static lull_group group_at(const frame *frame, int number)
{
    for (int i = frame->depth - 1; i >= 0 && number == OWN; i--) {
        if (frame->entered[i] >= SCOPES) return state.groups[frame->entered[i] - SCOPES];
    }
    return number >= 0 && number < GROUPS ? state.groups[number] : 0;
}

static lull_value run_task(void *job);
static void run_and_leave(void *job);

static int spawn(int body, lull_spawn_options options)
{
    int number = state.task_count;
    if (number == TASKS) return LEFT_OUT;
    char name[8];
    snprintf(name, sizeof name, "%d", number);
    state.jobs[number] = (job){number, body};
    options.function = run_task;
    options.argument = &state.jobs[number];
    options.name = name;
    lull_task task = lull_spawn_with(&options);
    if (task < 0) return (int)task;
    state.tasks[state.task_count++] = task;
    return 0;
}

static int defer(int who, int body)
{
    if (state.defer_count == DEFERS) return LEFT_OUT;
    job *job = &state.defers[state.defer_count];
    *job = (struct job){who, body};
    int status = lull_defer(run_and_leave, job);
    if (status == 0) state.defer_count++;
    return status;
}

static int enter(frame *frame, double seconds, bool shield)
{
    if (state.scope_count == SCOPES) return LEFT_OUT;
    lull_scope *scope = &state.scopes[state.scope_count];
    int status = shield ? lull_scope_enter_shielded(scope, seconds) : lull_scope_enter(scope, seconds);
    if (status < 0) return status;
    frame->entered[frame->depth++] = state.scope_count++;
    return 0;
}

/* Take the innermost scope, or group, out of those entered; -1: there is none. */
static int take_innermost(frame *frame, bool group)
{
    for (int i = frame->depth - 1; i >= 0; i--) {
        int number = frame->entered[i];
        if ((number >= SCOPES) != group) continue;
        frame->depth--;
        for (; i < frame->depth; i++) frame->entered[i] = frame->entered[i + 1];
        return group ? number - SCOPES : number;
    }
    return -1;
}

static int leave(frame *frame)
{
    int number = take_innermost(frame, false);
    return lull_scope_exit(number < 0 ? NULL : &state.scopes[number], frame->last);
}

static int open_group(frame *frame)
{
    if (state.group_count == GROUPS) return LEFT_OUT;
    lull_group group = lull_group_open();
    if (group < 0) return (int)group;
    state.groups[state.group_count] = group;
    frame->entered[frame->depth++] = SCOPES + state.group_count++;
    return 0;
}

/* The messages of which the last error is made. */
static int digest_parts(void)
{
    const lull_error *error = lull_last_error();
    const lull_error *part;
    int digest = 0;
    while (lull_error_part(error, (size_t)digest)) digest++;
    for (size_t i = 0; (part = lull_error_part(error, i)); i++)
        digest = (digest * 31 + number_in(part->message)) % 1000003;
    return digest;
}

/* Wait for a group; the value shows what it failed with. */
static int gather(lull_group group, lull_value *shown)
{
    int status = lull_group_wait(group);
    *shown = status < 0 ? digest_parts() : 0;
    return status;
}

/* Wait for several; the value shows the items, and what all failed with. */
static int several(const op *op, lull_value *shown)
{
    const int16_t numbers[ITEMS] = {op->a, op->b, op->c};
    lull_awaited items[ITEMS] = {{0}};
    for (int i = 0; i < ITEMS; i++) {
        items[i].handle = numbers[i] < FIRST_FUTURE ? task_at(numbers[i]) : future_at(numbers[i] - FIRST_FUTURE);
    }
    int flags = op->d ? LULL_CANCEL_LOSERS : 0;
    int status = op->code == AWAIT_ALL   ? lull_await_all(items, ITEMS, flags)
                 : op->code == AWAIT_ANY ? lull_await_any(items, ITEMS, flags)
                                         : lull_race(items, ITEMS, flags);
    for (int i = 0; i < ITEMS; i++)
        *shown = *shown * 200 + (items[i].status == 0 ? items[i].value * 15 : -items[i].status);
    if (status < 0) *shown += digest_parts();
    return status;
}

static int gather_innermost(frame *frame, lull_value *digest)
{
    int number = take_innermost(frame, true);
    return gather(number < 0 ? 0 : state.groups[number], digest);
}

/* Pause until that succeeds, or has failed so many times. */
static int insist(int times, lull_value *refused)
{
    for (;;) {
        int status = lull_pause(0);
        if (status == 0 || ++*refused == times) return status;
    }
}

static int renew(int number)
{
    if (number >= FUTURES || lull_future_settled(state.futures[number]) >= 0) return LEFT_OUT;
    state.futures[number] = lull_future_new();
    return 0;
}

static int throw_into(lull_task task, int code, bool message)
{
    return message ? lull_throw(task, code, "#%d", ++state.messages) : lull_throw(task, code, NULL);
}

static int reject(lull_future future, int code, bool message)
{
    return message ? lull_future_reject(future, code, "#%d", ++state.messages) : lull_future_reject(future, code, NULL);
}

LULL_NORETURN static void fail(int code, bool message)
{
    if (message) lull_fail(code, "#%d", ++state.messages);
    lull_fail(code, NULL);
}

/* ---- Channels and choices ------------------------------------------------------------------------------------ */

static lull_chan new_channel(int number, int capacity)
{
    return lull_chan_new(number == LARGE ? sizeof(element) : sizeof(int), (size_t)capacity);
}

static int renew_channel(int number, int capacity)
{
    if (number >= CHANNELS || lull_chan_length(state.channels[number]) >= 0) return LEFT_OUT;
    state.channels[number] = new_channel(number, capacity);
    return 0;
}

static element new_element(void)
{
    int number = ++state.elements;
    return (element){number, {[4] = number}};
}

/* What was received from a channel; -1 where it is damaged. */
static int show(int number, const element *element)
{
    return number == LARGE && element->rest[4] != element->number ? -1 : element->number;
}

static int send(int number, bool wait)
{
    element element = new_element();
    return wait ? lull_send(channel_at(number), &element) : lull_try_send(channel_at(number), &element);
}

static int receive(int number, bool wait, lull_value *shown)
{
    element element = {0};
    int status = wait ? lull_receive(channel_at(number), &element) : lull_try_receive(channel_at(number), &element);
    *shown = show(number, &element);
    return status;
}

static lull_yieldable *yieldable_of(lock lock)
{
    switch (lock) {
    case MUTEX_0:
    case MUTEX_1:
        return lull_mutex_yieldable(&state.mutexes[lock]);
    case READ_LOCK:
        return lull_rwlock_read_yieldable(&state.rwlock);
    case WRITE_LOCK:
        return lull_rwlock_write_yieldable(&state.rwlock);
    case SEMAPHORE:
        return lull_semaphore_yieldable(&state.semaphore);
    case EVENT:
        return lull_event_yieldable(&state.event);
    case BARRIER:
        return lull_barrier_yieldable(&state.barrier);
    case WAIT_GROUP:
        return lull_wait_group_yieldable(&state.wait_group);
    default:
        abort();
    }
}

static lull_case case_of(const frame *frame, int thing, element *element)
{
    if (thing >= FIRST_LOCK) return (lull_case){.yieldable = yieldable_of((lock)(thing - FIRST_LOCK))};
    if (thing >= FIRST_GROUP)
        return (lull_case){.yieldable = lull_group_yieldable(group_at(frame, thing - FIRST_GROUP))};
    if (thing >= FIRST_TIME) return (lull_case){.after = thing - FIRST_TIME};
    if (thing >= FIRST_RECEIVE) return (lull_case){.receive = channel_at(thing - FIRST_RECEIVE), .element = element};
    if (thing >= FIRST_SEND) {
        *element = new_element();
        return (lull_case){.send = channel_at(thing - FIRST_SEND), .element = element};
    }
    if (thing >= FIRST_FUTURE) return (lull_case){.await = future_at(thing - FIRST_FUTURE)};
    return (lull_case){.join = task_at(thing)};
}

/* Choose; the value shows what the case that happened came to. */
static int choose(const frame *frame, const op *op, lull_value *shown)
{
    const int16_t things[CASES] = {op->a, op->b, op->c, op->d};
    lull_case cases[CASES];
    element elements[CASES] = {{0}};
    int numbers[CASES];
    int count = 0;
    for (int i = 0; i < CASES; i++) {
        if (things[i] == NOTHING) continue;
        numbers[count] = things[i] - FIRST_RECEIVE;
        cases[count] = case_of(frame, things[i], &elements[count]);
        count++;
    }
    int status = op->code == SELECT ? lull_select(cases, (size_t)count) : lull_try_select(cases, (size_t)count);
    if (status < 0) return status;
    const lull_case *chosen = &cases[status];
    if (chosen->status < 0) {
        *shown = chosen->status;
    } else if (chosen->receive) {
        *shown = show(numbers[status], &elements[status]);
    } else if (!chosen->yieldable) {
        *shown = chosen->value;
    }
    return status;
}

/* ---- Locks --------------------------------------------------------------------------------------------------- */

static int take(lock lock)
{
    switch (lock) {
    case MUTEX_0:
    case MUTEX_1:
        return lull_mutex_lock(&state.mutexes[lock]);
    case READ_LOCK:
        return lull_rwlock_read(&state.rwlock);
    case WRITE_LOCK:
        return lull_rwlock_write(&state.rwlock);
    case SEMAPHORE:
        return lull_semaphore_acquire(&state.semaphore);
    case EVENT:
        return lull_event_wait(&state.event);
    case BARRIER:
        return lull_barrier_wait(&state.barrier);
    case WAIT_GROUP:
        return lull_wait_group_wait(&state.wait_group);
    default:
        abort();
    }
}

static int try_take(lock lock)
{
    switch (lock) {
    case MUTEX_0:
    case MUTEX_1:
        return lull_mutex_try_lock(&state.mutexes[lock]);
    case READ_LOCK:
        return lull_rwlock_try_read(&state.rwlock);
    case WRITE_LOCK:
        return lull_rwlock_try_write(&state.rwlock);
    case SEMAPHORE:
        return lull_semaphore_try_acquire(&state.semaphore);
    default:
        return LEFT_OUT;
    }
}

static int give(lock lock)
{
    switch (lock) {
    case MUTEX_0:
    case MUTEX_1:
        return lull_mutex_unlock(&state.mutexes[lock]);
    case READ_LOCK:
    case WRITE_LOCK:
        return lull_rwlock_unlock(&state.rwlock);
    case SEMAPHORE:
        return lull_semaphore_release(&state.semaphore);
    case EVENT:
        lull_event_set(&state.event);
        return 0;
    case WAIT_GROUP:
        return lull_wait_group_done(&state.wait_group);
    default:
        return LEFT_OUT;
    }
}

static int destroy(lock lock)
{
    switch (lock) {
    case MUTEX_0:
    case MUTEX_1:
        return lull_mutex_destroy(&state.mutexes[lock]);
    case READ_LOCK:
    case WRITE_LOCK:
        return lull_rwlock_destroy(&state.rwlock);
    case SEMAPHORE:
        return lull_semaphore_destroy(&state.semaphore);
    case EVENT:
        return lull_event_destroy(&state.event);
    case BARRIER:
        return lull_barrier_destroy(&state.barrier);
    case WAIT_GROUP:
        return lull_wait_group_destroy(&state.wait_group);
    case CONDITION:
        return lull_cond_destroy(&state.condition);
    case ONCE_LOCK:
        return lull_once_destroy(&state.once);
    default:
        abort();
    }
}

static int renew_lock(lock lock, int number)
{
    int status = destroy(lock);
    if (status == 0 && lock == SEMAPHORE) lull_semaphore_init(&state.semaphore, (size_t)number);
    if (status == 0 && lock == BARRIER && number) status = lull_barrier_init(&state.barrier, (size_t)number);
    return status;
}

static int once(int who, int body)
{
    job job = {who, body};
    return lull_once_do(&state.once, run_and_leave, &job);
}

/* ---- One operation ------------------------------------------------------------------------------------------- */

/* Do one operation. Returns its status, with a value in *value where there is one. */
static int operate(frame *frame, const op *op, lull_value *value)
{
    int a = op->a;
    int b = op->b;
    int c = op->c;
    switch ((op_code)op->code) {
    case PAUSE:
        return lull_pause(a);
    case WAIT:
        return lull_yield_to(NULL, value);
    case WAIT_WITHIN:
        return lull_with_timeout(limit(a), NULL, value);
    case JOIN:
        return lull_join(task_at(a), value);
    case JOIN_WITHIN:
        return lull_with_timeout(limit(a), lull_task_yieldable(task_at(b)), value);
    case AWAIT:
        return lull_await(future_at(a), value);
    case AWAIT_WITHIN:
        return lull_with_timeout(limit(a), lull_future_yieldable(future_at(b)), value);
    case AWAIT_ALL:
    case AWAIT_ANY:
    case RACE:
        return several(op, value);
    case INSIST:
        return insist(a, value);
    case SPAWN:
        return spawn(a, (lull_spawn_options){
                            .delay = b, .result = future_at(c), .group = group_at(frame, op->d), .timeout = op->e});
    case SCHEDULE:
        return lull_schedule(task_at(a), b, c);
    case RESUME:
        return lull_resume(task_at(a), b);
    case THROW:
        return throw_into(task_at(a), b, c);
    case CANCEL:
        return lull_cancel(task_at(a));
    case KILL:
        return lull_kill(task_at(a));
    case RESOLVE:
        return lull_future_resolve(future_at(a), b);
    case REJECT:
        return reject(future_at(a), b, c);
    case FREE:
        return lull_future_free(future_at(a));
    case RENEW:
        return renew(a);
    case SETTLED:
        return lull_future_settled(future_at(a));
    case ENTER:
        return enter(frame, limit(a), false);
    case SHIELD:
        return enter(frame, limit(a), true);
    case LEAVE:
        return leave(frame);
    case LEAVE_OTHER:
        return lull_scope_exit(&state.scopes[a], frame->last);
    case CANCEL_SCOPE:
        return lull_scope_cancel(&state.scopes[a]);
    case OPEN:
        return open_group(frame);
    case GATHER:
        return gather_innermost(frame, value);
    case GATHER_OTHER:
        return gather(group_at(frame, a), value);
    case CHILDLESS_WITHIN:
        return lull_with_timeout(limit(a), lull_group_yieldable(group_at(frame, b)), value);
    case CANCEL_GROUP:
        return lull_group_cancel(group_at(frame, a));
    case DEFER:
        return defer(frame->who, a);
    case CHECK:
        return (int)lull_check(frame->last);
    case RETURN:
        lull_return(a);
    case FAIL:
        fail(a, b);
    case SEND:
    case TRY_SEND:
        return send(a, op->code == SEND);
    case RECEIVE:
    case TRY_RECEIVE:
        return receive(a, op->code == RECEIVE, value);
    case CLOSE:
        return lull_chan_close(channel_at(a));
    case LENGTH:
        return (int)lull_chan_length(channel_at(a));
    case RETAIN:
        return lull_chan_retain(channel_at(a));
    case RELEASE:
        return lull_chan_release(channel_at(a));
    case RENEW_CHANNEL:
        return renew_channel(a, b);
    case SELECT:
    case TRY_SELECT:
        return choose(frame, op, value);
    case SEED:
        lull_seed((uint32_t)a);
        return 0;
    case TAKE:
        return take((lock)a);
    case TAKE_WITHIN:
        return lull_with_timeout(limit(a), yieldable_of((lock)b), NULL);
    case TRY_TAKE:
        return try_take((lock)a);
    case GIVE:
        return give((lock)a);
    case DESTROY:
        return destroy((lock)a);
    case RENEW_LOCK:
        return renew_lock((lock)a, b);
    case CLEAR:
        lull_event_clear(&state.event);
        return 0;
    case ADD:
        return lull_wait_group_add(&state.wait_group, a);
    case WAIT_SIGNAL:
        return lull_cond_wait(&state.condition, &state.mutexes[a]);
    case SIGNAL:
        lull_cond_signal(&state.condition);
        return 0;
    case BROADCAST:
        lull_cond_broadcast(&state.condition);
        return 0;
    case ONCE:
        return once(frame->who, a);
    default:
        abort();
    }
}

static void operate_and_note(frame *frame, const op *op)
{
    lull_value value = 0;
    frame->last = operate(frame, op, &value);
    note(frame->who, op->code, frame->last, value);
}

static void operate_all(frame *frame, list list)
{
    for (int i = 0; i < list.count; i++) operate_and_note(frame, &list.ops[i]);
}

static lull_value run_task(void *pointer)
{
    job job = *(struct job *)pointer;
    frame frame = {.who = job.who};
    note(job.who, START, job.body, 0);
    operate_all(&frame, state.lists[job.body]);
    note(job.who, END, job.body, 0);
    return job.body;
}

/* A defer, and what is done once, leaves what it has entered. */
static void run_and_leave(void *pointer)
{
    job job = *(struct job *)pointer;
    frame frame = {.who = job.who};
    note(job.who, START, job.body, 0);
    operate_all(&frame, state.lists[job.body]);
    while (frame.depth) {
        lull_value parts;
        if (frame.entered[frame.depth - 1] < SCOPES) {
            leave(&frame);
        } else {
            gather_innermost(&frame, &parts);
        }
    }
    note(job.who, END, job.body, 0);
}

/* ---- The host ------------------------------------------------------------------------------------------------ */

/* Start the program that is in the input. */
static void begin(void)
{
    memset(&state, 0, sizeof state);
    trace.count = 0;
    state.start = lull_now();
    const int16_t *next = input;
    for (int i = 0; i <= BODIES; i++) {
        state.lists[i] = (list){next[0], (const op *)(const void *)(next + 1)};
        next += 1 + sizeof(op) / sizeof *next * (size_t)next[0];
    }
    for (int i = 0; i < FUTURES; i++) state.futures[i] = lull_future_new();
    for (int i = 0; i < CHANNELS; i++) state.channels[i] = new_channel(i, i);
    renew_lock(SEMAPHORE, 1);
    renew_lock(BARRIER, 2);
    lull_seed(1);
    spawn(0, (lull_spawn_options){0});
}

static bool is_left(lull_task task)
{
    return lull_name(task)[0] != '\0';
}

static int count_left(void)
{
    int count = 0;
    for (int i = 0; i < state.task_count; i++) count += is_left(state.tasks[i]);
    return count;
}

/* What each of them waits for: a number for its name. */
static void note_waits(void)
{
    for (int i = 0; i < state.task_count; i++) {
        const lull__task *task = lull__task_get(state.tasks[i]);
        int digest = 0;
        const char *letter = task && task->waiting_on ? task->waiting_on->name : "";
        for (; *letter; letter++) digest = (digest * 31 + *letter) % 1000003;
        if (task) note(i, WAITS, 0, digest);
    }
}

/* Nothing is in use any more. */
static void finish(void)
{
    for (int i = 0; i < FUTURES; i++) lull_future_free(state.futures[i]);
    for (int i = 0; i < CHANNELS; i++) {
        while (lull_chan_release(state.channels[i]) == 0) {
        }
    }
    for (int i = 0; i <= ONCE_LOCK; i++) destroy((lock)i);
}

/*
 * When nothing is left to do: the host's next operation; after the last, the end. Returns whether there is more to run.
 */
static bool step(void)
{
    list list = state.lists[BODIES];
    frame frame = {.who = HOST};
    int step = state.step++;
    if (step < list.count) {
        operate_and_note(&frame, &list.ops[step]);
        return true;
    }
    if (step == list.count) {
        note(HOST, LEFT, count_left(), 0);
        note_waits();
    }
    if (count_left() > 0) {
        for (int i = 0; i < state.task_count; i++) lull_kill(state.tasks[i]);
        return true;
    }
    finish();
    return false;
}

#ifdef __wasm__

#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("input") void *model_input(void)
{
    return input;
}

EXPORT("trace") void *model_trace(void)
{
    return &trace;
}

EXPORT("begin") void model_begin(void)
{
    begin();
}

EXPORT("step") int model_step(void)
{
    return step();
}

#else

#include "base/memory.h"
#include "sched/state.h"
#include "../native/clock.h"

static void put_report(int who, op_code what, int status, int message)
{
    const int event[] = {who, (int)what, status, 0, 0, 0, message};
    for (size_t i = 0; i < sizeof event / sizeof *event; i++) put(event[i]);
}

/* The end of a trace; for wasm, JavaScript does it. */
static void put_reports(void)
{
    for (unsigned i = 0; i < lull_native.failures && i < LULL_NATIVE_RECORDS; i++) {
        const lull_native_record *record = &lull_native.failure[i];
        put_report(record->name[0] ? (int)strtol(record->name, NULL, 10) : HOST, REPORT, record->status,
                   number_in(record->message));
    }
    put_report(HOST, REPORTS, (int)lull_native.failures, 0);
}

static void run_program(void)
{
    lull_native_reset();
    begin();
    do lull_native_advance(BETWEEN);
    while (step());
    put_reports();
    lull__dispose();
    if (lull__rt.live || lull__live_allocations) {
        fprintf(stderr, "%zu tasks and %zu allocations are left\n", lull__rt.live, lull__live_allocations);
        abort();
    }
}

/* Programs from stdin, each after its size in bytes; traces to stdout, each after its count of numbers. */
int main(void)
{
    uint16_t size;
    while (fread(&size, sizeof size, 1, stdin) == 1) {
        if (size > sizeof input || fread(input, 1, size, stdin) != size) return 1;
        run_program();
        fwrite(&trace, sizeof trace.count + (size_t)trace.count * sizeof *trace.numbers, 1, stdout);
        fflush(stdout);
    }
    return 0;
}

#endif
