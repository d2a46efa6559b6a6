/* Owned values: values that own memory or a reference until they are received. */
#ifndef LULL_OWNED_H
#define LULL_OWNED_H

#include "lull.h"

/* What the value of a future, or an element of a channel, owns. */
#define LULL__OWNED(what) LULL__OWNS_##what,
typedef enum lull__owned { LULL__OWNED_MAP(LULL__OWNED) } lull__owned;
#undef LULL__OWNED

/* Free what a value owns. */
void lull__owned_free(lull__owned owned, lull_value value);

#endif
