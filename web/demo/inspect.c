/* A small plant to look inside: two makers, a belt, two packers that share one scale, and a foreman. */
#include <lull.h>

static struct worker {
    const char *name;
    bool paused;
    int steps; /* allowed while it is paused */
    lull_event go;
} workers[] = {{"maker 1"}, {"maker 2"}, {"packer 1"}, {"packer 2"}, {"foreman"}};

static lull_task tasks[5];
static lull_chan belt;
static lull_mutex scale;
static int packed;

/* Called before each step of a worker: a paused worker waits here. */
static void step(struct worker *worker)
{
    while (worker->paused && worker->steps == 0) lull_check(lull_event_wait(&worker->go));
    if (worker->paused && --worker->steps == 0) lull_event_clear(&worker->go);
}

static lull_value make(void *self)
{
    for (int item = 1;; item++) {
        step(self);
        lull_check(lull_pause(0.7));           /* waits for time to pass */
        lull_check(lull_send(belt, &item));    /* waits for room on the belt */
    }
}

static lull_value pack(void *self)
{
    for (int item;;) {
        step(self);
        lull_check(lull_receive(belt, &item)); /* waits for an item */
        lull_check(lull_mutex_lock(&scale));   /* waits for the scale */
        int status = lull_pause(0.9);
        packed++;
        lull_check(lull_mutex_unlock(&scale));
        lull_check(status);
    }
}

static lull_value oversee(void *self)
{
    for (;;) {
        step(self);
        lull_check(lull_pause(2));
    }
}

LULL_TASK(void, start)
{
    lull_function jobs[] = {make, make, pack, pack, oversee};
    belt = lull_chan_new(sizeof(int), 3);
    lull_check(belt);
    for (int i = 0; i < 5; i++) {
        tasks[i] = lull_spawn(jobs[i], &workers[i], .name = workers[i].name, .stack_size = i < 4 ? 4096 : 8192);
        lull_check(tasks[i]);
    }
}

/* The calls of the buttons. */
static struct worker *worker_of(const char *name)
{
    for (int i = 0; i < 5; i++) {
        if (strcmp(workers[i].name, name) == 0) return &workers[i];
    }
    lull_fail(LULL_ESRCH, NULL);
}

LULL_TASK(void, set_paused, (const char *, name), (bool, paused))
{
    struct worker *worker = worker_of(name);
    worker->paused = paused;
    worker->steps = 0;
    if (paused) lull_event_clear(&worker->go);
    else lull_event_set(&worker->go);
}

LULL_TASK(void, step_once, (const char *, name))
{
    struct worker *worker = worker_of(name);
    worker->steps++;
    lull_event_set(&worker->go);
}

LULL_TASK(void, cancel, (const char *, name))
{
    lull_check(lull_cancel(tasks[worker_of(name) - workers]));
}
