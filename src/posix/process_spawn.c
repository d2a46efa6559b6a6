/* posix_spawn: a program with descriptors and attributes of its own. (POSIX.1-2017.) */
#include "posix/process.h"

#if defined(__wasm__)

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Actions ----------------------------------------------------------------------------------------------------- */

/* One of a list, in the order in which they were added. */
typedef struct spawn_action {
    struct spawn_action *next;
    enum { SPAWN_CLOSE, SPAWN_DUP, SPAWN_OPEN, SPAWN_CHDIR } kind;
    int fd;
    int source; /* SPAWN_DUP */
    int flags;  /* SPAWN_OPEN, and the mode */
    mode_t mode;
    char path[];
} spawn_action;

LULL__WEAK int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    actions->__actions = NULL;
    return 0;
}

LULL__WEAK int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    spawn_action *action = (spawn_action *)actions->__actions;
    while (action) {
        spawn_action *next = action->next;
        free(action);
        action = next;
    }
    actions->__actions = NULL;
    return 0;
}

/* Returns an error number. */
static int add_action(posix_spawn_file_actions_t *actions, const spawn_action *action, const char *path)
{
    if (action->fd < 0 || action->source < 0) return EBADF;
    spawn_action *made = (spawn_action *)malloc(sizeof *made + strlen(path) + 1);
    if (!made) return ENOMEM;
    *made = *action;
    strcpy(made->path, path);
    spawn_action **end = (spawn_action **)&actions->__actions;
    while (*end) end = &(*end)->next;
    *end = made;
    return 0;
}

LULL__WEAK int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
    return add_action(actions, &(spawn_action){.kind = SPAWN_CLOSE, .fd = fd}, "");
}

LULL__WEAK int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int source, int fd)
{
    return add_action(actions, &(spawn_action){.kind = SPAWN_DUP, .fd = fd, .source = source}, "");
}

LULL__WEAK int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
                                                const char *restrict path, int flags, mode_t mode)
{
    return add_action(actions, &(spawn_action){.kind = SPAWN_OPEN, .fd = fd, .flags = flags, .mode = mode}, path);
}

int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *restrict actions, const char *restrict path);

LULL__WEAK int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *restrict actions,
                                                    const char *restrict path)
{
    return add_action(actions, &(spawn_action){.kind = SPAWN_CHDIR}, path);
}

int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd);

/* The C libraries do not know the path of a descriptor. */
LULL__WEAK int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
    (void)actions;
    (void)fd;
    return ENOSYS;
}

/* ---- Attributes -------------------------------------------------------------------------------------------------- */

LULL__WEAK int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
    memset(attributes, 0, sizeof *attributes);
    return 0;
}

LULL__WEAK int posix_spawnattr_destroy(posix_spawnattr_t *attributes)
{
    (void)attributes;
    return 0;
}

LULL__WEAK int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags)
{
    if (flags & ~0xff) return EINVAL;
    attributes->__flags = flags;
    return 0;
}

LULL__WEAK int posix_spawnattr_getflags(const posix_spawnattr_t *restrict attributes, short *restrict flags)
{
    *flags = (short)attributes->__flags;
    return 0;
}

LULL__WEAK int posix_spawnattr_setpgroup(posix_spawnattr_t *attributes, pid_t group)
{
    attributes->__pgrp = group;
    return 0;
}

LULL__WEAK int posix_spawnattr_getpgroup(const posix_spawnattr_t *restrict attributes, pid_t *restrict group)
{
    *group = attributes->__pgrp;
    return 0;
}

LULL__WEAK int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attributes, const sigset_t *restrict mask)
{
    attributes->__mask = *mask;
    return 0;
}

LULL__WEAK int posix_spawnattr_getsigmask(const posix_spawnattr_t *restrict attributes, sigset_t *restrict mask)
{
    *mask = attributes->__mask;
    return 0;
}

LULL__WEAK int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attributes, const sigset_t *restrict set)
{
    attributes->__def = *set;
    return 0;
}

LULL__WEAK int posix_spawnattr_getsigdefault(const posix_spawnattr_t *restrict attributes, sigset_t *restrict set)
{
    *set = attributes->__def;
    return 0;
}

/* ---- Start ------------------------------------------------------------------------------------------------------- */

#define PATH_ROOM 4096

/* Put a path behind the folder that it begins in. Returns an error number. */
static int path_in(char folder[PATH_ROOM], const char *path)
{
    size_t length = path[0] == '/' ? 0 : strlen(folder);
    if (length + strlen(path) + 2 > PATH_ROOM) return ENAMETOOLONG;
    if (length > 0) folder[length++] = '/';
    strcpy(folder + length, path);
    return 0;
}

/* What a number is in the child, after the actions so far. */
static lull__description *in_child(const lull__stdio *stdio, int fd)
{
    bool is_known = fd < LULL__STDIO_COUNT && (fd <= STDERR_FILENO || stdio[fd].description);
    return is_known ? stdio[fd].description : lull__description_of(fd);
}

/* Open a file for the child: its description has a reference, and no number. Returns an error number. */
static int open_for_child(const spawn_action *action, const char *folder, lull__stdio *stdio)
{
    char path[PATH_ROOM];
    strcpy(path, folder);
    int error = path_in(path, action->path);
    if (error) return error;
    int fd = open(path, action->flags, action->mode);
    if (fd < 0) return errno;
    lull__description *description = lull__description_of(fd);
    description->references++;
    (void)lull__number_close(fd);
    *stdio = (lull__stdio){description, true, 0};
    return 0;
}

static void drop_own(lull__stdio *stdio)
{
    if (stdio->is_own) lull__description_release(stdio->description);
    *stdio = (lull__stdio){0};
}

static int act(const spawn_action *action, char folder[PATH_ROOM], lull__stdio stdio[LULL__STDIO_COUNT])
{
    if (action->kind == SPAWN_CHDIR) return path_in(folder, action->path);
    bool is_given = action->fd < LULL__STDIO_COUNT;
    if (action->kind == SPAWN_CLOSE) {
        if (is_given) drop_own(&stdio[action->fd]);
        return 0;
    }
    if (!is_given) return EMFILE;
    if (action->kind == SPAWN_DUP) {
        lull__description *source = in_child(stdio, action->source);
        if (!source) return EBADF;
        if (action->source == action->fd) return 0;
        bool is_own = action->source < LULL__STDIO_COUNT && stdio[action->source].is_own;
        if (is_own) source->references++;
        drop_own(&stdio[action->fd]);
        stdio[action->fd] = (lull__stdio){source, is_own, 0};
        return 0;
    }
    drop_own(&stdio[action->fd]);
    return open_for_child(action, folder, &stdio[action->fd]);
}

#define KNOWN_FLAGS                                                                                                    \
    (POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |                   \
     POSIX_SPAWN_USEVFORK | POSIX_SPAWN_SETSID)

static int spawn_program(pid_t *process, lull__start *start, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *attributes)
{
    char folder[PATH_ROOM];
    lull__stdio stdio[LULL__STDIO_COUNT];
    int flags = attributes ? attributes->__flags : 0;
    bool is_in_group = (flags & POSIX_SPAWN_SETPGROUP) && attributes->__pgrp != 0;
    if ((flags & ~KNOWN_FLAGS) || is_in_group) return ENOSYS;
    start->is_detached = (flags & (POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSID)) != 0;
    if (!getcwd(folder, sizeof folder)) return errno;
    lull__stdio_inherit(stdio);
    pid_t result = 0;
    const spawn_action *action = actions ? (const spawn_action *)actions->__actions : NULL;
    for (; result == 0 && action; action = action->next) result = -act(action, folder, stdio);
    start->folder = folder;
    if (result == 0) result = lull__child_start(start, stdio);
    for (int fd = 0; fd < LULL__STDIO_COUNT; fd++) drop_own(&stdio[fd]);
    if (result < 0) return -result;
    if (process) *process = result;
    return 0;
}

LULL__THREADS(int, posix_spawn, pid_t *restrict process, const char *restrict file,
              const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attributes,
              char *const arguments[restrict], char *const environment[restrict])
{
    lull__start start = {.file = file, .arguments = arguments, .environment = environment};
    return spawn_program(process, &start, actions, attributes);
}

LULL__WEAK int posix_spawnp(pid_t *restrict process, const char *restrict file,
                            const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attributes,
                            char *const arguments[restrict], char *const environment[restrict])
{
    const char *path = getenv("PATH");
    lull__start start = {.file = file, .arguments = arguments, .environment = environment};
    if (!strchr(file, '/')) start.path = path ? path : "/usr/local/bin:/bin:/usr/bin";
    return spawn_program(process, &start, actions, attributes);
}

#endif
