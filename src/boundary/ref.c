/* References that C holds to JavaScript values. */
#include "lull.h"
#include "lull_boundary.h"
#include "port/port.h"

lull_ref lull_ref_retain(lull_ref ref)
{
    if (ref) lull__port_retain(ref);
    return ref;
}

void lull_ref_release(lull_ref ref)
{
    if (ref) lull__port_release(ref);
}
