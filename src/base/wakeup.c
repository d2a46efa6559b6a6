/* Wake-ups: asking the host for a run of the loop. */
#include "base/wakeup.h"

#include "port/port.h"

bool lull__awake;

LULL__COLD void lull__wake_host(void)
{
    lull__awake = true;
    lull__port_wake();
}
