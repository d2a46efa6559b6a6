/* The whole runtime as one translation unit, for wasm: layer by layer, each built on those before it. See D72. */

/* The port: the platform under the runtime, and the switch. */
#include "port/port_wasm.c"
#include "port/switch_asyncify.c"

/* The base: data structures that know no task. */
#include "base/error.c"
#include "base/handle.c"
#include "base/memory.c"
#include "base/owned.c"
#include "base/pool.c"
#include "base/status.c"
#include "base/timer.c"
#include "base/wakeup.c"

/* The scheduler: tasks, the ready queue, the one wait, scopes and the loop. */
#include "sched/last_error.c"
#include "sched/local.c"
#include "sched/loop.c"
#include "sched/notify.c"
#include "sched/scope.c"
#include "sched/shared_stack.c"
#include "sched/state.c"
#include "sched/task.c"
#include "sched/task_ext.c"
#include "sched/task_part.c"
#include "sched/wait.c"
#include "sched/wait_graph.c"
#include "sched/waiter.c"

/* Waitables: whatever else tasks wait for. */
#include "waitables/barrier.c"
#include "waitables/channel.c"
#include "waitables/cond.c"
#include "waitables/event.c"
#include "waitables/future.c"
#include "waitables/generator.c"
#include "waitables/group.c"
#include "waitables/multiwait.c"
#include "waitables/mutex.c"
#include "waitables/once.c"
#include "waitables/rwlock.c"
#include "waitables/select.c"
#include "waitables/semaphore.c"
#include "waitables/sync.c"
#include "waitables/wait_group.c"

/* The boundary: C and JavaScript call each other. */
#include "boundary/channel_js.c"
#include "boundary/exceptions.c"
#include "boundary/exports.c"
#include "boundary/fuel.c"
#include "boundary/host_call.c"
#include "boundary/main.c"
#include "boundary/ref.c"
#include "boundary/spawn.c"

/* The host library: its parts in C. */
#include "hostlib/absent.c"
#include "hostlib/canvas.c"
#include "hostlib/emscripten_directories.c"
#include "hostlib/emscripten_files.c"
#include "hostlib/emscripten_process.c"
#include "hostlib/folders.c"
#include "hostlib/frame.c"
#include "hostlib/locks.c"
#include "hostlib/setjmp.c"
#include "hostlib/stdio.c"
