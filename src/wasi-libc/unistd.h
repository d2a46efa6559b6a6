/* The C library's header, with the functions of src/hostlib/absent.c and src/posix. */
#ifndef LULL_WASI_LIBC_UNISTD_H
#define LULL_WASI_LIBC_UNISTD_H

#include_next <unistd.h>

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

pid_t fork(void);
pid_t vfork(void);
int daemon(int stays, int keeps);
int execv(const char *path, char *const argv[]);
int execve(const char *path, char *const argv[], char *const env[]);
int execvp(const char *file, char *const argv[]);
int fexecve(int fd, char *const argv[], char *const env[]);
int execl(const char *path, const char *argument, ...);
int execle(const char *path, const char *argument, ...);
int execlp(const char *file, const char *argument, ...);
pid_t getppid(void);
pid_t getpgrp(void);
pid_t setsid(void);
pid_t getsid(pid_t pid);
pid_t getpgid(pid_t pid);
int setpgid(pid_t pid, pid_t group);
int nice(int increment);
int pause(void);
unsigned alarm(unsigned seconds);
unsigned ualarm(unsigned microseconds, unsigned interval);

int dup(int fd);
int dup2(int fd, int other);
int dup3(int fd, int other, int flags);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
int lockf(int fd, int command, off_t length);
char *ttyname(int fd);
int ttyname_r(int fd, char *name, size_t size);
char *ctermid(char *name);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);

uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t user);
int seteuid(uid_t user);
int setgid(gid_t group);
int setegid(gid_t group);
int getgroups(int count, gid_t *groups);
char *getlogin(void);

int gethostname(char *name, size_t size);
int sethostname(const char *name, size_t size);
int getpagesize(void);
int getdtablesize(void);
char *getpass(const char *prompt);

int chown(const char *path, uid_t user, gid_t group);
int fchown(int fd, uid_t user, gid_t group);
int lchown(const char *path, uid_t user, gid_t group);
int chroot(const char *path);
int fchdir(int fd);
void sync(void);

#ifdef __cplusplus
}
#endif

#endif
