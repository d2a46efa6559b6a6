/* What host functions answer. */
#ifndef LULL_HOST_CALL_H
#define LULL_HOST_CALL_H

#include "lull.h"

#include "lull_boundary.h"
#include "waitables/future.h"

/*
 * Take what JavaScript has returned: the ticket of a call that goes on (0: of none), or for a call that has returned a
 * value, ~owned (LULL__OWNED_MAP); the value is in the mailbox. It saves half of such a call's way back. See D88.
 */
void lull__host_call_answered(lull__future *call, lull__ticket answer);

#endif
