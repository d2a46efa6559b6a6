/* waitpid and its like. (POSIX.1-2017; wait3 and wait4 are BSD's.) */
#include "posix/process.h"

#if defined(__wasm__)

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

static pid_t await_process(pid_t process, int *status, int options, struct rusage *usage, const char *function)
{
    const lull__lot_kind kind = {.name = function};
    lull__child_wait wait = {.is_nonblocking = options & WNOHANG};
    if (options & ~(WNOHANG | WUNTRACED | WCONTINUED)) return lull__posix_result(EINVAL);
    pid_t found = lull__child_await(process, &wait, &kind);
    if (found < 0) return lull__posix_result(-found);
    if (found > 0 && status) *status = wait.status;
    if (usage) memset(usage, 0, sizeof *usage); /* the host does not say */
    return found;
}

LULL__WEAK pid_t waitpid(pid_t process, int *status, int options)
{
    return await_process(process, status, options, NULL, "waitpid");
}

LULL__WEAK pid_t wait(int *status)
{
    return await_process(-1, status, 0, NULL, "wait");
}

pid_t wait3(int *status, int options, struct rusage *usage);

LULL__WEAK pid_t wait3(int *status, int options, struct rusage *usage)
{
    return await_process(-1, status, options, usage, "wait3");
}

pid_t wait4(pid_t process, int *status, int options, struct rusage *usage);

LULL__WEAK pid_t wait4(pid_t process, int *status, int options, struct rusage *usage)
{
    return await_process(process, status, options, usage, "wait4");
}

LULL__THREADS(int, waitid, idtype_t type, id_t id, siginfo_t *info, int options)
{
    static const lull__lot_kind kind = {.name = "waitid"};
    lull__child_wait wait = {.is_nonblocking = options & WNOHANG, .keeps = options & WNOWAIT};
    bool is_known = type == P_ALL || ((type == P_PID || type == P_PGID) && (pid_t)id > 0);
    if (!is_known || !(options & (WEXITED | WSTOPPED | WCONTINUED))) return lull__posix_result(EINVAL);
    pid_t process = type == P_ALL ? -1 : type == P_PID ? (pid_t)id : -(pid_t)id;
    pid_t found = lull__child_await(process, &wait, &kind);
    if (found < 0) return lull__posix_result(-found);
    if (!info) return 0;
    memset(info, 0, sizeof *info);
    if (found == 0) return 0;
    info->si_signo = SIGCHLD;
    info->si_pid = found;
    info->si_code = WIFEXITED(wait.status) ? CLD_EXITED : CLD_KILLED;
    info->si_status = WIFEXITED(wait.status) ? WEXITSTATUS(wait.status) : WTERMSIG(wait.status);
    return 0;
}

#endif
