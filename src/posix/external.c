/* The list of externals, and what JavaScript calls for them. */
#include "posix/external.h"

#if defined(__wasm__)

#include <stdint.h>

#include "base/compiler.h"

#define SAME_ERROR(name, number) _Static_assert((name) == (number), #name);
LULL__POSIX_ERROR_MAP(SAME_ERROR)
#undef SAME_ERROR

static lull__link externals;

/* JavaScript has changed the state of an external, or all that its state has stands for something new. */
void lull__used_external_changed(lull__external *self, unsigned changed);

LULL__NOINLINE void lull__used_external_changed(lull__external *self, unsigned changed)
{
    lull__description_changed(&self->description, changed);
}

/* Whether a task waits for one: the program then is not deadlocked. */
bool lull__used_awaited(void);

LULL__NOINLINE bool lull__used_awaited(void)
{
    if (!externals.next) return false;
    for (const lull__link *link = externals.next; link != &externals; link = link->next) {
        if (lull__description_awaited(&LULL__CONTAINER(link, lull__external, others)->description)) return true;
    }
    return false;
}

void lull__external_init(lull__external *self, const lull__descriptor_kind *kind)
{
    if (lull__never()) {
        /* The optimizer knows no other calls: it would leave out arguments that it knows, and a result without use. */
        lull__used_external_changed((lull__external *)(intptr_t)lull__never(), lull__used_awaited());
    }
    if (!externals.next) lull__list_init(&externals);
    self->state = 0;
    lull__description_init(&self->description, kind);
    lull__list_push_back(&externals, &self->others);
}

void lull__external_end(lull__external *self)
{
    lull__list_remove(&self->others);
    lull__host_close(self);
}

unsigned lull__external_state(const lull__description *self)
{
    return lull__external_of(self)->state;
}

#endif
