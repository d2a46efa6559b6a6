/* The port in wasm: what the runtime imports of JavaScript. js/core/instance.js is the other side. */
#include "port/port.h"

#define IMPORT(name) __attribute__((import_module("lull"), import_name(name)))

IMPORT("now") double lull__js_now(void); /* milliseconds */
IMPORT("wake") void lull__js_wake(void);
IMPORT("notify") void lull__js_notify(lull__notice notice, lull__ticket ticket, int status, const lull_error *error);
IMPORT("emit") int lull__js_emit(lull__ticket ticket);
IMPORT("retain") void lull__js_retain(lull_ref ref);
IMPORT("release") void lull__js_release(lull_ref ref);

union lull__mailbox lull__mailbox;

double lull__port_now(void)
{
    return lull__js_now() / 1000;
}

double lull__port_deadline(double time)
{
    double milliseconds = time * 1000;
    bool early = milliseconds / 1000 < time; /* by rounding: a virtual clock would stay there */
    return early ? milliseconds * (1 + 0x1p-52) : milliseconds;
}

void lull__port_wake(void)
{
    lull__js_wake();
}

void lull__port_notify(lull__notice notice, lull__ticket ticket, int status, const lull_error *error)
{
    lull__js_notify(notice, ticket, status, error);
}

bool lull__port_emit(lull__ticket ticket)
{
    return lull__js_emit(ticket);
}

void lull__port_retain(lull_ref ref)
{
    lull__js_retain(ref);
}

void lull__port_release(lull_ref ref)
{
    lull__js_release(ref);
}
