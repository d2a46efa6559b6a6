/* Select: of several things, the one that happens. */
#include <limits.h>

#include "port/port.h"

void lull_seed(uint32_t seed)
{
    lull__self.random = seed ? seed : 1;
}

/*
 * A number below the limit (Marsaglia's xorshift32, times an odd number because small seeds begin with small numbers).
 */
static size_t random_below(size_t limit)
{
    uint32_t state = lull__self.random;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    lull__self.random = state;
    return (size_t)(((uint64_t)(state * 0x9E3779B1U) * limit) >> 32);
}

/* Whether each case says one thing that can be waited for. */
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

/* See lull__several. A handle that is stale has no yieldable. */
static int prepare_case(lull__case *entry)
{
    const lull_case *given = entry->given;
    if (given->send) return lull__sending(given->send, &entry->standin.waiter, given->element, &entry->yieldable);
    if (given->join) return lull__end_of(given->join, &entry->yieldable);
    entry->yieldable = given->receive ? lull__receiving(given->receive)
                       : given->await ? lull_future_yieldable(given->await)
                                      : given->yieldable;
    entry->seconds = given->after;
    return 0;
}

/* A choice between cases, which are tried in an order that is up to chance; NULL where there is no memory. */
static lull__several *new_choice(lull__task *task, const lull_case *cases, size_t count)
{
    lull__several *several = lull__several_new(task, count, LULL__ONE_HAPPENS, "one of several");
    if (!several) return NULL;
    several->prepare = prepare_case;
    for (size_t i = 0; i < count; i++) {
        size_t place = i ? random_below(i + 1) : 0;
        several->cases[i].given = several->cases[place].given;
        several->cases[place].given = &cases[i];
    }
    return several;
}

/* The case that has happened. */
static int chosen(const lull__several *several, lull_case *cases)
{
    lull__case *entry = several->succeeded ? several->succeeded : several->failed;
    size_t index = (size_t)(entry->given - cases);
    cases[index].status = entry->status;
    cases[index].value = entry->standin.waiter.value;
    if (entry->status < 0) {
        lull__wait_failed(several->task, entry->status, lull__error_retain(entry->error));
    } else if (cases[index].receive) {
        lull__item_take(&entry->standin.waiter, cases[index].element);
    }
    return (int)index;
}

static int choose(lull_case *cases, size_t count, bool wait)
{
    lull__task *task = lull__self.running;
    if (!task || task->extra->several) return LULL_ENOSUSPEND; /* in the begin of one of several */
    if (!are_valid(cases, count, lull__task_handle(task))) return LULL_EINVAL;
    lull__several *several = new_choice(task, cases, count);
    if (!several) return LULL_ENOMEM;
    int status = wait ? lull__several_wait(several) : lull__several_try(several);
    if (status == 0) status = chosen(several, cases);
    lull__several_leave(task);
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
