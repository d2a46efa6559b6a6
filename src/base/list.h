/* Lists: circular and doubly linked, so that an element leaves its list in constant time. */
#ifndef LULL_LIST_H
#define LULL_LIST_H

#include <stdbool.h>

typedef struct lull__link {
    struct lull__link *next;
    struct lull__link *previous;
} lull__link;

static inline void lull__list_init(lull__link *list)
{
    list->next = list->previous = list;
}

static inline bool lull__list_empty(const lull__link *list)
{
    return list->next == list;
}

static inline void lull__list_push_back(lull__link *list, lull__link *link)
{
    link->next = list;
    link->previous = list->previous;
    list->previous->next = link;
    list->previous = link;
}

/* Take a link out of its list. Harmless for one that is in none. */
static inline void lull__list_remove(lull__link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    lull__list_init(link);
}

#endif
