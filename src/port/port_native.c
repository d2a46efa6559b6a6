/* The host of a native build: a virtual clock for tests. */
#include "port/port_native.h"

#include <stdio.h>

#include "port/port.h"

lull_native_host lull_native;

double lull__host_now(void)
{
    double now = lull_native.now;
    lull_native.now += lull_native.tick;
    return now;
}

void lull__host_wake(void)
{
    lull_native.wakes++;
}

static void record(lull_native_record *records, unsigned count, lull_native_record entry, const lull__error *error)
{
    if (count >= LULL_NATIVE_RECORDS) return;
    if (error) snprintf(entry.message, sizeof entry.message, "%s", error->public.message);
    records[count] = entry;
}

void lull__host_done(lull_ref ticket, int status, lull_value value, const lull__error *error)
{
    lull_native_record entry = {.ticket = ticket, .status = status, .value = value};
    record(lull_native.ended, lull_native.done++, entry, error);
}

void lull__host_report(const lull__task *task, int status, const lull__error *error)
{
    lull_native_record entry = {.status = status};
    if (task) snprintf(entry.name, sizeof entry.name, "%s", task->name);
    record(lull_native.failure, lull_native.failures++, entry, error);
}

void lull__host_abandon(lull_ref ticket, int status, const lull__error *error)
{
    lull_native.abandoned++;
    lull_native.last_abandoned = ticket;
    lull_native.last_abandoned_status = status;
    (void)error;
}

void lull__host_observe(lull__event event, const lull__task *task, int status)
{
    (void)task;
    (void)status;
    lull_native.observed[event]++;
}

int lull__emit_to_host(const void *element)
{
    (void)element;
    return LULL_ECLOSED; /* nobody reads here */
}

void lull__host_release(lull_ref ref)
{
    lull_native.released++;
    lull_native.last_released = ref;
}

/* Run what is ready at this time, and what that makes ready. */
static void run_ready(void)
{
    while (lull__run(LULL_FOREVER) == 0) continue;
}

double lull_native_run(void)
{
    lull_native_advance(LULL_FOREVER);
    return lull_native.now;
}

void lull_native_advance(double seconds)
{
    double end = lull_native.now + seconds;
    run_ready();
    double next;
    while ((next = lull__timers_next()) <= end && next < LULL_FOREVER) {
        if (next > lull_native.now) lull_native.now = next;
        run_ready();
    }
    if (end < LULL_FOREVER && end > lull_native.now) lull_native.now = end;
}

void lull_native_reset(void)
{
    memset(&lull_native, 0, sizeof lull_native);
}
