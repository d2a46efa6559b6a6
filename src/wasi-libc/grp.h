/* Groups of users, which wasi-libc does not have. None is known: src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_GRP_H
#define LULL_WASI_LIBC_GRP_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct group {
    char *gr_name;
    char *gr_passwd;
    gid_t gr_gid;
    char **gr_mem;
};

struct group *getgrnam(const char *name);
struct group *getgrgid(gid_t group);
void setgrent(void);
struct group *getgrent(void);
void endgrent(void);
int initgroups(const char *user, gid_t group);
int setgroups(size_t count, const gid_t *groups);

#ifdef __cplusplus
}
#endif

#endif
