/* The list of externals, and what JavaScript calls for them. */
#include "posix/external.h"

#if defined(__wasm__)

#include <stdint.h>

#include "base/compiler.h"

#define SAME_ERROR(name, number) _Static_assert((name) == (number), #name);
LULL__POSIX_ERROR_MAP(SAME_ERROR)
LULL__PROCESS_ERROR_MAP(SAME_ERROR)
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
    return lull__external_of(self)->state & ~(unsigned)LULL__CONNECTED; /* which is between the host and would_wait */
}

/* What the host returns, as an error number; adds the bytes to *done. */
static int transferred(int result, size_t *done)
{
    if (result < 0) return -result;
    *done += (size_t)result;
    return 0;
}

/* Whether the host has nothing to do for it now, which it need not be asked for. */
static bool would_wait(const lull__external *self, unsigned state)
{
    return (self->state & (LULL__CONNECTED | state)) == LULL__CONNECTED;
}

int lull__external_read(lull__description *self, const lull__memory *memory, size_t *done)
{
    lull__external *external = lull__external_of(self);
    if (would_wait(external, LULL__READABLE) && lull__memory_size(memory) > 0) return EAGAIN;
    return transferred(lull__host_receive(external, memory->vectors, memory->count, *done, memory->how, memory->address,
                                          memory->whole),
                       done);
}

int lull__external_write(lull__description *self, const lull__memory *memory, size_t *done)
{
    lull__external *external = lull__external_of(self);
    size_t size = lull__memory_size(memory);
    bool is_stream = self->kind->type == __WASI_FILETYPE_SOCKET_STREAM;
    int error;
    if (would_wait(external, LULL__WRITABLE) && !(memory->how & LULL__OVERFILL) && size > 0) return EAGAIN;
    do { /* the host takes so much at a time */
        error = transferred(
            lull__host_send(external, memory->vectors, memory->count, *done, memory->how, memory->address), done);
    } while (!error && *done < size && (external->state & LULL__WRITABLE) && is_stream);
    return !error && *done < size && is_stream ? EAGAIN : error;
}

#endif
