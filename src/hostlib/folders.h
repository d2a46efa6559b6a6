/* The folders that the host has opened: where a path begins. */
#ifndef LULL_HOSTLIB_FOLDERS_H
#define LULL_HOSTLIB_FOLDERS_H

/*
 * The open folder whose name is the longest that a path begins with. *rest is the remainder of the path, valid until
 * the next call but one, for functions of two paths. Returns its descriptor; -1 if there is none.
 */
int lull__folder_of(const char *path, const char **rest);

#endif
