/* Owned values: freeing what a value owns. */
#include "base/owned.h"

#include <stdlib.h>

#include "port/port.h"

void lull__owned_free(lull__owned owned, lull_value value)
{
    if (owned == LULL__OWNS_MEMORY) {
        free((void *)(uintptr_t)value);
    } else if (owned == LULL__OWNS_REF) {
        lull__port_release((lull_ref)value);
    }
}
