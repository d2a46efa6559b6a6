/* Addresses of sockets: those of C, and as they cross. (POSIX.1-2017.) */
#include "posix/sockets.h"

#if defined(__wasm__)

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define PATH_AT ((socklen_t)offsetof(struct sockaddr_un, sun_path))

/* Append the scope of an address of IPv6. */
static void add_scope(char *text, uint32_t scope)
{
    char digits[12];
    size_t count = 0, at = strlen(text);
    text[at++] = '%';
    do digits[count++] = (char)('0' + scope % 10);
    while (scope /= 10);
    while (count > 0) text[at++] = digits[--count];
    text[at] = 0;
}

int lull__address_from(const struct sockaddr *from, socklen_t length, lull__address *address)
{
    if (!from || length < sizeof from->sa_family) return EINVAL;
    address->family = lull__family_of(from->sa_family);
    address->port = 0;
    address->text[0] = 0;
    if (from->sa_family == AF_UNSPEC) return 0;
    if (address->family == LULL__FAMILY_IPV4) {
        struct sockaddr_in in;
        if (length < offsetof(struct sockaddr_in, sin_addr) + sizeof in.sin_addr) return EINVAL;
        memcpy(&in, from, length < sizeof in ? length : sizeof in);
        address->port = ntohs(in.sin_port);
        (void)inet_ntop(AF_INET, &in.sin_addr, address->text, sizeof address->text);
        return 0;
    }
    if (address->family == LULL__FAMILY_IPV6) {
        struct sockaddr_in6 in;
        if (length < sizeof in) return EINVAL;
        memcpy(&in, from, sizeof in);
        address->port = ntohs(in.sin6_port);
        (void)inet_ntop(AF_INET6, &in.sin6_addr, address->text, sizeof address->text);
        if (in.sin6_scope_id) add_scope(address->text, in.sin6_scope_id);
        return 0;
    }
    if (address->family == LULL__FAMILY_NONE) return EAFNOSUPPORT;
    size_t size = length > PATH_AT ? length - PATH_AT : 0;
    if (size >= sizeof address->text) return EINVAL;
    if (size > 0) memcpy(address->text, (const char *)from + PATH_AT, size);
    address->text[size] = 0;
    return size > 0 && address->text[0] == 0 ? EINVAL : 0; /* Linux's names without a file: the host has none */
}

bool lull__address_parse(const char *text, lull__address *address)
{
    char buffer[LULL__ADDRESS_TEXT];
    struct in6_addr in;
    size_t size = strcspn(text, "%");
    if (size >= sizeof buffer - 12) return false;
    memcpy(buffer, text, size);
    buffer[size] = 0;
    if (!text[size] && inet_pton(AF_INET, buffer, &in) == 1) {
        address->family = LULL__FAMILY_IPV4;
    } else if (inet_pton(AF_INET6, buffer, &in) == 1) {
        address->family = LULL__FAMILY_IPV6;
    } else {
        return false;
    }
    strcpy(address->text, buffer);
    if (text[size]) add_scope(address->text, (uint32_t)strtoul(text + size + 1, NULL, 10));
    address->port = 0;
    return true;
}

/* Copy what there is room for. */
static void hand_out(const void *made, socklen_t size, struct sockaddr *to, socklen_t *length)
{
    if (to && *length > 0) memcpy(to, made, size < *length ? size : *length);
    *length = size;
}

void lull__address_to(const lull__address *address, struct sockaddr *to, socklen_t *length)
{
    if (!length) return;
    if (address->family == LULL__FAMILY_IPV4) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)address->port)};
        (void)inet_pton(AF_INET, address->text, &in.sin_addr);
        hand_out(&in, sizeof in, to, length);
    } else if (address->family == LULL__FAMILY_IPV6) {
        struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)address->port)};
        char text[LULL__ADDRESS_TEXT];
        size_t size = strcspn(address->text, "%");
        memcpy(text, address->text, size);
        text[size] = 0;
        (void)inet_pton(AF_INET6, text, &in.sin6_addr);
        if (address->text[size]) in.sin6_scope_id = (uint32_t)strtoul(address->text + size + 1, NULL, 10);
        hand_out(&in, sizeof in, to, length);
    } else {
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        size_t size = strlen(address->text);
        if (size > sizeof un.sun_path - 1) size = sizeof un.sun_path - 1;
        memcpy(un.sun_path, address->text, size);
        hand_out(&un, PATH_AT + (size ? (socklen_t)size + 1 : 0), to, length);
    }
}

#endif
