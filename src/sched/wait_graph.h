/*
 * The wait-for graph: which tasks the end of a wait depends on. Asked only to explain a deadlock. Each kind of
 * yieldable that tasks hold adds its own source, so that a program without that kind does not carry it along.
 */
#ifndef LULL_WAIT_GRAPH_H
#define LULL_WAIT_GRAPH_H

#include "base/compiler.h"
#include "lull.h"

typedef struct lull__wait_source {
    int (*begin)(lull_yieldable *self, lull_task waiter); /* by which its yieldables are known */
    /*
     * The serial of the first holder where *cursor is 0, then of the next one; 0 after the last. Of a wait for several
     * things: those, each as its yieldable's address times -1.
     */
    double (*next_holder)(lull_yieldable *self, size_t *cursor);
    struct lull__wait_source *next; /* of all sources; NULL: the last, or not added yet */
} lull__wait_source;

/* The end of a task, which that task holds: the last of all sources. */
extern lull__wait_source lull__join_source;

/* Add a source, unless that is done. Called wherever one of its yieldables is made. */
void lull__wait_source_add(lull__wait_source *source);
/* The next_holder of a yieldable that one task at most holds. */
double lull__only_holder(lull_task handle, size_t *cursor);
/* The next holder of any yieldable: see next_holder above. */
LULL__HOOK double lull__hook_next_holder(lull_yieldable *yieldable, size_t *cursor);

#endif
