/* Select: waiting for the first of several operations. */
#include <limits.h>

#include "sched/wait.h"
#include "waitables/channel.h"
#include "waitables/multiwait.h"

/* The state of the generator that lull_select chooses by. */
static uint32_t random_state = 1;

void lull_seed(uint32_t seed)
{
    random_state = seed ? seed : 1;
}

/*
 * A number below the limit (Marsaglia's xorshift32, times an odd number because small seeds begin with small numbers).
 */
static size_t random_below(size_t limit)
{
    uint32_t state = random_state;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    random_state = state;
    return (size_t)(((uint64_t)(state * 0x9E3779B1U) * limit) >> 32);
}

/* Whether each case names exactly one operation. */
static bool are_valid(const lull_case *cases, size_t count, lull_task self)
{
    if (count == 0 || count > INT_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        const lull_case *one = &cases[i];
        int said = (one->send != 0) + (one->receive != 0) + (one->await != 0) + (one->join != 0) +
                   (one->yieldable != NULL) + (one->after != 0);
        if (said != 1 || !lull__valid_delay(one->after) || (one->send && !one->element)) return false;
        if (one->join == self) return false;
    }
    return true;
}

/* See lull__multiwait. A stale handle has no yieldable. */
static int prepare_case(lull__case *entry)
{
    const lull_case *given = entry->given;
    if (given->send) return lull__sending(given->send, &entry->proxy.waiter, given->element, &entry->yieldable);
    if (given->join) return lull__end_of(given->join, &entry->yieldable);
    entry->yieldable = given->receive ? lull__receiving(given->receive)
                       : given->await ? lull_future_yieldable(given->await)
                                      : given->yieldable;
    entry->seconds = given->after;
    return 0;
}

/* A wait for the first of the cases, which begin in random order. NULL where there is no memory. */
static lull__multiwait *new_choice(lull__task *task, const lull_case *cases, size_t count)
{
    lull__multiwait *multiwait = lull__multiwait_new(task, count, LULL__ONE_HAPPENS, LULL__WAIT_ONE);
    if (!multiwait) return NULL;
    multiwait->prepare = prepare_case;
    for (size_t i = 0; i < count; i++) {
        size_t place = i ? random_below(i + 1) : 0;
        multiwait->cases[i].given = multiwait->cases[place].given;
        multiwait->cases[place].given = &cases[i];
    }
    return multiwait;
}

/* The case that has happened. */
static int chosen(const lull__multiwait *multiwait, lull_case *cases)
{
    lull__case *entry = multiwait->succeeded ? multiwait->succeeded : multiwait->failed;
    size_t index = (size_t)(entry->given - cases);
    cases[index].status = entry->status;
    cases[index].value = entry->proxy.waiter.value;
    if (entry->status < 0) {
        lull__wait_failed(multiwait->task, entry->status, lull__error_retain(entry->error));
    } else if (cases[index].receive) {
        lull__item_take(&entry->proxy.waiter, cases[index].element);
    }
    return (int)index;
}

static int choose(lull_case *cases, size_t count, bool wait)
{
    lull__task *task = lull__rt.running;
    if (!task || task->ext->multiwait) return LULL_ENOSUSPEND; /* called by the begin of a case */
    if (!are_valid(cases, count, lull__task_handle(task)))
        return lull__wait_refused(LULL_EINVAL,
                                  "lull_select: there has to be a case, and each names one operation, with an element "
                                  "to send or a time that is not negative, and not the end of the task itself");
    lull__multiwait *multiwait = new_choice(task, cases, count);
    if (!multiwait) return lull__wait_failed(task, LULL_ENOMEM, NULL);
    int status = wait ? lull__multiwait_wait(multiwait) : lull__multiwait_try(multiwait);
    if (status == LULL_ENOMEM) lull__wait_failed(task, status, NULL);
    if (status == 0) status = chosen(multiwait, cases);
    lull__multiwait_leave(task);
    return status;
}

int lull_select(lull_case *cases, size_t count)
{
    return choose(cases, count, true);
}

int lull_try_select(lull_case *cases, size_t count)
{
    return choose(cases, count, false);
}
