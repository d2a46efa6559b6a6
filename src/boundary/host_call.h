/* The answers of host functions. */
#ifndef LULL_HOST_CALL_H
#define LULL_HOST_CALL_H

#include "lull.h"

#include "lull_boundary.h"
#include "waitables/future.h"

/*
 * Take the answer of a host function's import: the ticket of a pending call; 0 for a rejected one; ~owned
 * (LULL__OWNED_MAP) for a value, which is in the mailbox. A value thus needs no call of an export. See D88.
 */
void lull__host_call_answered(lull__future *call, lull__ticket answer);

#endif
