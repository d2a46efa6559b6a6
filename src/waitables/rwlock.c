/* Read-write locks. Readers wait only for writers, and for waiting ones, too. */
#include "base/memory.h"
#include "waitables/sync.h"

/* In place of a holder that has ended. */
#define RWLOCK_GONE (-1)

/* ---- Who holds it ---------------------------------------------------------------------------------------------- */

static lull_task *rwlock_holders(lull_rwlock *lock)
{
    return lock->many ? lock->many : lock->few;
}

/* The place of a task among the readers; lock->reading where it is none. */
static size_t rwlock_find(lull_rwlock *lock, lull_task task)
{
    const lull_task *holders = rwlock_holders(lock);
    size_t index = 0;
    while (index < lock->reading && holders[index] != task) index++;
    return index;
}

static bool rwlock_is_held_by(lull_rwlock *lock, lull_task task)
{
    return lock->writer == task || rwlock_find(lock, task) < lock->reading;
}

/* A holder that has not ended; NULL. */
static lull__task *rwlock_holder(lull_rwlock *lock)
{
    lull__task *task = lull__task_get(lock->writer);
    const lull_task *holders = rwlock_holders(lock);
    for (size_t i = 0; i < lock->reading && !task; i++) task = lull__task_get(holders[i]);
    return task;
}

/* See lull__wait_source. The cursor is the next reader's place. */
static double rwlock_next_holder(lull_rwlock *lock, size_t *cursor)
{
    if (lock->writer) return lull__only_holder(lock->writer, cursor);
    while (*cursor < lock->reading) {
        const lull__task *task = lull__task_get(rwlock_holders(lock)[(*cursor)++]);
        if (task) return (double)task->serial;
    }
    return 0;
}

/* Make room for this many readers. False where there is no memory. */
static bool rwlock_reserve(lull_rwlock *lock, size_t count)
{
    if (count <= (lock->many ? lock->room : LULL_RWLOCK_FEW)) return true;
    size_t room = count * 2;
    size_t used = lock->many ? lock->room : 0;
    lull_task *many = (lull_task *)lull__grow(lock->many, used * sizeof *many, room * sizeof *many);
    if (!many) return false;
    if (!lock->many) memcpy(many, lock->few, sizeof lock->few);
    lock->many = many;
    lock->room = room;
    return true;
}

/* There may be fewer readers now. */
static void rwlock_give_back_room(lull_rwlock *lock)
{
    if (lock->reading || lock->waiting) return;
    lull__free(lock->many);
    lock->many = NULL;
}

/* ---- Hand it over ---------------------------------------------------------------------------------------------- */

static void rwlock_admit_readers(lull_rwlock *lock)
{
    lull__waiter *first;
    while ((first = lull__sync_first(&lock->readers))) {
        lock->waiting--;
        rwlock_holders(lock)[lock->reading++] = lull__task_handle(lull__waiter_task(first));
        lull__sync_grant(&lock->readers, first, 0);
    }
}

/* After a holder or a waiter has left. */
static void rwlock_admit(lull_rwlock *lock)
{
    if (lock->writer) return;
    lull__waiter *first = lull__sync_first(&lock->writers);
    if (!first) {
        rwlock_admit_readers(lock);
    } else if (!lock->reading) {
        lock->writer = lull__task_handle(lull__waiter_task(first));
        lull__sync_grant(&lock->writers, first, 0);
    }
}

/* ---- The end of a holder ----------------------------------------------------------------------------------------- */

static void rwlock_abandoned(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next);

/* While there are waiters, watch for the end of one holder; and after that, of another. */
static void rwlock_watch_holder(lull_rwlock *lock)
{
    bool waited = lull__sync_first(&lock->writers) || lock->waiting;
    lull__task *holder = waited ? rwlock_holder(lock) : NULL;
    lock->watched = holder ? lull__task_handle(holder) : 0;
    lull__sync_watch(&lock->watch, holder, rwlock_abandoned);
}

/* The one that is watched is ending: see lull_sync.h. Readers whom only waiting writers kept out can read. */
static void rwlock_abandoned(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status, (void)value, (void)next;
    lull__error_release(error);
    lull_rwlock *lock = LULL__CONTAINER(watch, lull_rwlock, watch);
    if (lock->writer == lock->watched) {
        lock->writer = RWLOCK_GONE;
    } else {
        rwlock_holders(lock)[rwlock_find(lock, lock->watched)] = RWLOCK_GONE;
    }
    rwlock_watch_holder(lock);
    if (lock->watched) return;
    lull__sync_wake_all(&lock->writers, LULL_EDEADLOCK);
    if (!lock->writer) return;
    lock->waiting = 0;
    lull__sync_wake_all(&lock->readers, LULL_EDEADLOCK);
}

/* ---- Lock ------------------------------------------------------------------------------------------------------ */

static int rwlock_take_to_read(lull_rwlock *lock, lull_task task)
{
    if (rwlock_is_held_by(lock, task)) return LULL_EDEADLOCK;
    if (lock->writer || lull__sync_first(&lock->writers)) return rwlock_holder(lock) ? LULL_EBUSY : LULL_EDEADLOCK;
    if (!rwlock_reserve(lock, lock->reading + 1)) return LULL_ENOMEM;
    rwlock_holders(lock)[lock->reading++] = task;
    return 0;
}

static int rwlock_take_to_write(lull_rwlock *lock, lull_task task)
{
    if (rwlock_is_held_by(lock, task)) return LULL_EDEADLOCK;
    if (lock->writer || lock->reading) return rwlock_holder(lock) ? LULL_EBUSY : LULL_EDEADLOCK;
    lock->writer = task;
    return 0;
}

static int begin_rwlock_read(lull_yieldable *self, lull_task handle)
{
    lull_rwlock *lock = LULL__CONTAINER(self, lull_rwlock, readers.yieldable);
    lull__waiter *waiter = lull__waiter_get(handle);
    int status = rwlock_take_to_read(lock, lull__task_handle(lull__waiter_task(waiter)));
    if (status == 0) lull__sync_grant(&lock->readers, waiter, 0);
    if (status != LULL_EBUSY) return status;
    if (!rwlock_reserve(lock, lock->reading + lock->waiting + 1)) return LULL_ENOMEM;
    lock->waiting++;
    lull__sync_push(&lock->readers, waiter);
    rwlock_watch_holder(lock);
    return 0;
}

static void end_rwlock_read(lull_yieldable *self, lull_task handle)
{
    lull_rwlock *lock = LULL__CONTAINER(self, lull_rwlock, readers.yieldable);
    if (lull__sync_is_queued(lull__waiter_get(handle))) lock->waiting--;
    lull__end_in_list(self, handle);
    rwlock_give_back_room(lock);
    rwlock_watch_holder(lock);
}

static int begin_rwlock_write(lull_yieldable *self, lull_task handle)
{
    lull_rwlock *lock = LULL__CONTAINER(self, lull_rwlock, writers.yieldable);
    lull__waiter *waiter = lull__waiter_get(handle);
    int status = rwlock_take_to_write(lock, lull__task_handle(lull__waiter_task(waiter)));
    if (status == 0) lull__sync_grant(&lock->writers, waiter, 0);
    if (status != LULL_EBUSY) return status;
    lull__sync_push(&lock->writers, waiter);
    rwlock_watch_holder(lock);
    return 0;
}

static void end_rwlock_write(lull_yieldable *self, lull_task handle)
{
    lull_rwlock *lock = LULL__CONTAINER(self, lull_rwlock, writers.yieldable);
    lull__end_in_list(self, handle);
    rwlock_admit(lock);
    rwlock_watch_holder(lock);
}

static double next_holder_for_reader(lull_yieldable *self, size_t *cursor)
{
    return rwlock_next_holder(LULL__CONTAINER(self, lull_rwlock, readers.yieldable), cursor);
}

static double next_holder_for_writer(lull_yieldable *self, size_t *cursor)
{
    return rwlock_next_holder(LULL__CONTAINER(self, lull_rwlock, writers.yieldable), cursor);
}

lull_yieldable *lull_rwlock_read_yieldable(lull_rwlock *lock)
{
    static lull__wait_source source = {.begin = begin_rwlock_read, .next_holder = next_holder_for_reader};
    lull__wait_source_add(&source);
    return lull__sync_init(&lock->readers, begin_rwlock_read, end_rwlock_read, LULL__WAIT_READ_LOCK);
}

lull_yieldable *lull_rwlock_write_yieldable(lull_rwlock *lock)
{
    static lull__wait_source source = {.begin = begin_rwlock_write, .next_holder = next_holder_for_writer};
    lull__wait_source_add(&source);
    return lull__sync_init(&lock->writers, begin_rwlock_write, end_rwlock_write, LULL__WAIT_WRITE_LOCK);
}

int lull_rwlock_read(lull_rwlock *lock)
{
    const lull__task *task = lull__sync_undisturbed();
    if (task && rwlock_take_to_read(lock, lull__task_handle(task)) == 0) return 0;
    lull_rwlock_read_yieldable(lock);
    return lull__sync_wait(&lock->readers);
}

int lull_rwlock_write(lull_rwlock *lock)
{
    const lull__task *task = lull__sync_undisturbed();
    if (task && rwlock_take_to_write(lock, lull__task_handle(task)) == 0) return 0;
    lull_rwlock_write_yieldable(lock);
    return lull__sync_wait(&lock->writers);
}

int lull_rwlock_try_read(lull_rwlock *lock)
{
    const lull__task *task = lull__rt.running;
    return task ? rwlock_take_to_read(lock, lull__task_handle(task)) : LULL_ENOSUSPEND;
}

int lull_rwlock_try_write(lull_rwlock *lock)
{
    const lull__task *task = lull__rt.running;
    return task ? rwlock_take_to_write(lock, lull__task_handle(task)) : LULL_ENOSUSPEND;
}

/* ---- Unlock ---------------------------------------------------------------------------------------------------- */

int lull_rwlock_unlock(lull_rwlock *lock)
{
    const lull__task *task = lull__rt.running;
    if (!task) return LULL_EINVAL;
    if (lock->writer == lull__task_handle(task)) {
        lock->writer = 0;
        rwlock_admit_readers(lock);
    } else {
        size_t index = rwlock_find(lock, lull__task_handle(task));
        if (index == lock->reading) return LULL_EINVAL;
        rwlock_holders(lock)[index] = rwlock_holders(lock)[--lock->reading];
        rwlock_give_back_room(lock);
    }
    rwlock_admit(lock);
    rwlock_watch_holder(lock);
    return 0;
}

int lull_rwlock_destroy(lull_rwlock *lock)
{
    if (lock->waiting || lull__sync_first(&lock->writers) || rwlock_holder(lock)) return LULL_EBUSY;
    lull__free(lock->many);
    *lock = (lull_rwlock){0};
    return 0;
}
