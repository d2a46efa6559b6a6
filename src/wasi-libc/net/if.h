/* Interfaces of the network, which wasi-libc does not have. A module sees none: src/posix/names.c. */
#ifndef LULL_WASI_LIBC_NET_IF_H
#define LULL_WASI_LIBC_NET_IF_H

#define IF_NAMESIZE 16
#define IFNAMSIZ IF_NAMESIZE

struct if_nameindex {
    unsigned if_index;
    char *if_name;
};

#ifdef __cplusplus
extern "C" {
#endif

unsigned if_nametoindex(const char *name);
char *if_indextoname(unsigned index, char *name);
struct if_nameindex *if_nameindex(void);
void if_freenameindex(struct if_nameindex *list);

#ifdef __cplusplus
}
#endif

#endif
