/* The port in native builds: a virtual clock, and a record of the notifications, for tests. */
#include "port/port_native.h"

#include <stdio.h>
#include <string.h>

lull_native_host lull_native;
union lull__mailbox lull__mailbox;

double lull__port_deadline(double time)
{
    return time;
}

double lull__port_now(void)
{
    double now = lull_native.now;
    lull_native.now += lull_native.tick;
    return now;
}

void lull__port_wake(void)
{
    lull_native.wakes++;
}

static void record(lull_native_record *records, unsigned count, lull_native_record entry, const lull_error *error)
{
    if (count >= LULL_NATIVE_RECORDS) return;
    if (error) snprintf(entry.message, sizeof entry.message, "%s", error->message);
    records[count] = entry;
}

void lull__port_notify(lull__notice notice, lull__ticket ticket, int status, const lull_error *error)
{
    lull_native_record entry = {.ticket = ticket, .status = status};
    switch (notice) {
    case LULL__SETTLED:
        entry.value = lull__mailbox.value;
        record(lull_native.ended, lull_native.done++, entry, error);
        break;
    case LULL__ABANDONED:
        lull_native.abandoned++;
        lull_native.last_abandoned = ticket;
        lull_native.last_abandoned_status = status;
        break;
    case LULL__UNHANDLED: {
        const char *name = (const char *)(uintptr_t)lull__mailbox.failure.name;
        if (name) snprintf(entry.name, sizeof entry.name, "%s", name);
        record(lull_native.failure, lull_native.failures++, entry, error);
        break;
    }
    default:
        lull_native.observed[notice]++;
    }
}

bool lull__port_emit(lull__ticket ticket)
{
    (void)ticket;
    return false; /* no task has a reader here */
}

void lull__port_retain(lull_ref ref)
{
    (void)ref;
}

void lull__port_release(lull_ref ref)
{
    lull_native.released++;
    lull_native.last_released = ref;
}

void lull_native_reset(void)
{
    memset(&lull_native, 0, sizeof lull_native);
}
