/* Names of the network: of hosts, which the host looks up, of services and of protocols. (POSIX.1-2017, RFC 3493.) */
#include "posix/sockets.h"

#if defined(__wasm__)

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Looking up -------------------------------------------------------------------------------------------------- */

static void lookup_close(lull__description *self)
{
    (void)self;
}

static const lull__descriptor_kind lookup_kind = {
    .type = __WASI_FILETYPE_UNKNOWN, .state = lull__external_state, .close = lookup_close};

/* A task's: its memory stays for the next lookup. */
typedef struct name_lookup {
    lull__external external;
    bool is_under_way;
} name_lookup;

static lull_local current_lookup = {.lull__own = true};

static void end_lookup(name_lookup *lookup)
{
    if (!lookup->is_under_way) return;
    lookup->is_under_way = false;
    lull__external_end(&lookup->external);
}

/* The task ends, perhaps in the middle of a lookup. */
static void looker_ends(void *argument)
{
    name_lookup *lookup = (name_lookup *)argument;
    (void)lull_local_set(&current_lookup, NULL);
    end_lookup(lookup);
    free(lookup);
}

static name_lookup *lookup_of_task(void)
{
    static name_lookup outside;
    if (!lull_current()) return &outside;
    name_lookup *lookup = (name_lookup *)lull_local_get(&current_lookup);
    if (lookup) return lookup;
    lookup = (name_lookup *)calloc(1, sizeof *lookup);
    if (!lookup) return NULL;
    if (lull_local_set(&current_lookup, lookup) == 0 && lull_defer(looker_ends, lookup) == 0) return lookup;
    (void)lull_local_set(&current_lookup, NULL);
    free(lookup);
    return NULL;
}

/* NULL: there is no memory. The end of it is end_lookup. */
static name_lookup *begin_lookup(void)
{
    name_lookup *lookup = lookup_of_task();
    if (!lookup) return NULL;
    end_lookup(lookup); /* which the handler of a signal has left by longjmp */
    lull__external_init(&lookup->external, &lookup_kind);
    lookup->is_under_way = true;
    return lookup;
}

/* Wait for the results. Returns an error number. */
static int await_lookup(lull__external *lookup, const char *function)
{
    const lull__lot_kind kind = {.name = function};
    int error;
    while ((error = -lull__host_settle(lookup)) == EINPROGRESS) {
        int status = lull__park_once(&lookup->description.readers, lookup, &kind, LULL_FOREVER);
        if (status < 0 && !lull__park_restarts(status)) return lull__posix_error(function, status);
    }
    return error;
}

/* Which of the EAI_… an error number is of; sets errno for EAI_SYSTEM. */
static int eai_of(int error)
{
    switch (error) {
    case 0:
        return 0;
    case ENOENT:
        return EAI_NONAME;
    case ENOMEM:
        return EAI_MEMORY;
    case EAGAIN:
        return EAI_AGAIN;
    default:
        errno = error;
        return EAI_SYSTEM;
    }
}

/* ---- Services and protocols -------------------------------------------------------------------------------------- */

/* The common ones. (IANA.) */
static const struct {
    const char *name;
    uint16_t port;
    bool is_udp_alone;
} services[] = {
    {"echo", 7, false},          {"discard", 9, false},  {"daytime", 13, false},    {"ftp-data", 20, false},
    {"ftp", 21, false},          {"ssh", 22, false},     {"telnet", 23, false},     {"smtp", 25, false},
    {"time", 37, false},         {"domain", 53, false},  {"tftp", 69, true},        {"gopher", 70, false},
    {"finger", 79, false},       {"http", 80, false},    {"pop3", 110, false},      {"nntp", 119, false},
    {"ntp", 123, true},          {"imap", 143, false},   {"imap2", 143, false},     {"snmp", 161, true},
    {"irc", 194, false},         {"ldap", 389, false},   {"https", 443, false},     {"submission", 587, false},
    {"ldaps", 636, false},       {"imaps", 993, false},  {"pop3s", 995, false},     {"mysql", 3306, false},
    {"postgresql", 5432, false}, {"redis", 6379, false}, {"http-alt", 8080, false}, {"memcached", 11211, false},
};
#define SERVICES (sizeof services / sizeof *services)

/* The port of a service, or 0. */
static unsigned port_of_service(const char *name, bool is_stream)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (strcmp(services[i].name, name) == 0 && !(is_stream && services[i].is_udp_alone)) return services[i].port;
    }
    return 0;
}

static const char *service_of_port(unsigned port, bool is_stream)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (services[i].port == port && !(is_stream && services[i].is_udp_alone)) return services[i].name;
    }
    return NULL;
}

static char *no_aliases[] = {NULL};

static struct servent *service_entry(const char *name, unsigned port, const char *protocol)
{
    static struct servent entry;
    if (!name || port == 0) return NULL;
    entry = (struct servent){.s_name = (char *)name,
                             .s_aliases = no_aliases,
                             .s_port = htons((uint16_t)port),
                             .s_proto = (char *)(protocol ? protocol : "tcp")};
    return &entry;
}

LULL__WEAK struct servent *getservbyname(const char *name, const char *protocol)
{
    return service_entry(name, port_of_service(name, protocol && strcmp(protocol, "tcp") == 0), protocol);
}

LULL__WEAK struct servent *getservbyport(int port, const char *protocol)
{
    unsigned number = ntohs((uint16_t)port);
    return service_entry(service_of_port(number, protocol && strcmp(protocol, "tcp") == 0), number, protocol);
}

static const struct protoent protocols[] = {{(char *)"ip", no_aliases, IPPROTO_IP},
                                            {(char *)"icmp", no_aliases, IPPROTO_ICMP},
                                            {(char *)"tcp", no_aliases, IPPROTO_TCP},
                                            {(char *)"udp", no_aliases, IPPROTO_UDP},
                                            {(char *)"ipv6", no_aliases, IPPROTO_IPV6}};
#define PROTOCOLS (sizeof protocols / sizeof *protocols)

static struct protoent *protocol_entry(size_t index)
{
    static struct protoent entry;
    if (index == PROTOCOLS) return NULL;
    entry = protocols[index];
    return &entry;
}

LULL__WEAK struct protoent *getprotobyname(const char *name)
{
    size_t i = 0;
    while (i < PROTOCOLS && strcmp(protocols[i].p_name, name) != 0) i++;
    return protocol_entry(i);
}

LULL__WEAK struct protoent *getprotobynumber(int number)
{
    size_t i = 0;
    while (i < PROTOCOLS && protocols[i].p_proto != number) i++;
    return protocol_entry(i);
}

/* ---- getaddrinfo ------------------------------------------------------------------------------------------------- */

/* A result, in one piece of memory. */
typedef struct found_address {
    struct addrinfo info;
    struct sockaddr_storage address;
    char name[LULL__ADDRESS_TEXT];
} found_address;

LULL__WEAK void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(LULL__CONTAINER(info, found_address, info));
        info = next;
    }
}

/* What is asked for. */
typedef struct name_query {
    int flags;
    int domain;
    int type;
    unsigned ports[2]; /* of streams, of datagrams */
    const char *name;
    struct addrinfo **end;
} name_query;

static int add_result(name_query *query, const lull__address *address, int type)
{
    lull__address at = *address;
    at.port = query->ports[type == SOCK_DGRAM];
    found_address *found = (found_address *)calloc(1, sizeof *found);
    if (!found) return EAI_MEMORY;
    socklen_t length = sizeof found->address;
    lull__address_to(&at, (struct sockaddr *)(void *)&found->address, &length);
    found->info = (struct addrinfo){.ai_family = lull__domain_of(at.family),
                                    .ai_socktype = type,
                                    .ai_protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP,
                                    .ai_addrlen = length,
                                    .ai_addr = (struct sockaddr *)(void *)&found->address};
    if (query->flags & AI_CANONNAME) { /* of the first */
        strncpy(found->name, query->name ? query->name : address->text, sizeof found->name - 1);
        found->info.ai_canonname = found->name;
        query->flags &= ~AI_CANONNAME;
    }
    *query->end = &found->info;
    query->end = &found->info.ai_next;
    return 0;
}

static int add_results(name_query *query, const lull__address *address)
{
    if (query->domain != AF_UNSPEC && query->domain != lull__domain_of(address->family)) return 0;
    int error = query->type == SOCK_DGRAM ? 0 : add_result(query, address, SOCK_STREAM);
    return error || query->type == SOCK_STREAM ? error : add_result(query, address, SOCK_DGRAM);
}

/* Addresses for a program that asks without a name: those to listen at, or the loopback's. */
static int add_own(name_query *query)
{
    static const char *const texts[2][2] = {{"127.0.0.1", "::1"}, {"0.0.0.0", "::"}};
    for (int i = 0; i < 2; i++) {
        lull__address address;
        (void)lull__address_parse(texts[(query->flags & AI_PASSIVE) != 0][i], &address);
        int error = add_results(query, &address);
        if (error) return error;
    }
    return 0;
}

static int add_looked_up(name_query *query)
{
    lull__address address;
    uint32_t family = query->domain == AF_UNSPEC ? LULL__FAMILY_NONE : lull__family_of(query->domain);
    name_lookup *lookup = begin_lookup();
    if (!lookup) return EAI_MEMORY;
    lull__external *external = &lookup->external;
    int error = -lull__host_look_up(external, query->name, family);
    if (error == EINPROGRESS) error = await_lookup(external, "getaddrinfo");
    int result = eai_of(error);
    for (unsigned i = 0; !result && lull__host_looked_up(external, i, &address) == 0; i++) {
        result = add_results(query, &address);
    }
    end_lookup(lookup);
    return result;
}

/* The port of a service, which is a number or a name. Returns one of the EAI_…, or 0. */
static int find_ports(const char *service, name_query *query)
{
    if (!service || !*service) return 0;
    char *end;
    unsigned long number = strtoul(service, &end, 10);
    if (*end == 0) {
        if (number > 65535) return EAI_SERVICE;
        query->ports[0] = query->ports[1] = (unsigned)number;
        return 0;
    }
    if (query->flags & AI_NUMERICSERV) return EAI_NONAME;
    query->ports[0] = port_of_service(service, true);
    query->ports[1] = port_of_service(service, false);
    return query->ports[query->type == SOCK_DGRAM] ? 0 : EAI_SERVICE;
}

LULL__WEAK int getaddrinfo(const char *restrict name, const char *restrict service,
                           const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    const int known =
        AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV;
    lull__address address;
    struct addrinfo *found = NULL;
    name_query query = {.domain = AF_UNSPEC, .name = name, .end = &found};
    if (!name && !service) return EAI_NONAME;
    if (hints) {
        query.flags = hints->ai_flags;
        query.domain = hints->ai_family;
        query.type = hints->ai_socktype;
        if (hints->ai_protocol == IPPROTO_TCP && !query.type) query.type = SOCK_STREAM;
        if (hints->ai_protocol == IPPROTO_UDP && !query.type) query.type = SOCK_DGRAM;
    }
    if ((query.flags & ~known) || ((query.flags & AI_CANONNAME) && !name)) return EAI_BADFLAGS;
    if (query.domain != AF_UNSPEC && query.domain != AF_INET && query.domain != AF_INET6) return EAI_FAMILY;
    if (query.type != 0 && query.type != SOCK_STREAM && query.type != SOCK_DGRAM) return EAI_SOCKTYPE;
    int error = find_ports(service, &query);
    if (error) return error;
    if (!name) {
        error = add_own(&query);
    } else if (lull__address_parse(name, &address)) {
        error = add_results(&query, &address);
    } else {
        error = query.flags & AI_NUMERICHOST ? EAI_NONAME : add_looked_up(&query);
    }
    if (!error && !found) error = EAI_NONAME;
    if (error) {
        freeaddrinfo(found);
        return error;
    }
    *result = found;
    return 0;
}

/* ---- getnameinfo ------------------------------------------------------------------------------------------------- */

/* The name of an address, in its text. Returns one of the EAI_…, or 0. */
static int find_name(const lull__address *of, lull__address *name, const char *function)
{
    name_lookup *lookup = begin_lookup();
    if (!lookup) return EAI_MEMORY;
    lull__external *external = &lookup->external;
    int error = -lull__host_look_up_name(external, of);
    if (error == EINPROGRESS) error = await_lookup(external, function);
    if (!error) error = -lull__host_looked_up(external, 0, name);
    end_lookup(lookup);
    return eai_of(error);
}

static void digits_of(unsigned number, char text[16])
{
    char reversed[16];
    size_t count = 0, at = 0;
    do reversed[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0) text[at++] = reversed[--count];
    text[at] = 0;
}

/* Returns one of the EAI_…, or 0. */
static int hand_out_text(const char *text, char *to, socklen_t size)
{
    if (strlen(text) >= size) return EAI_OVERFLOW;
    strcpy(to, text);
    return 0;
}

LULL__WEAK int getnameinfo(const struct sockaddr *restrict from, socklen_t length, char *restrict name,
                           socklen_t name_size, char *restrict service, socklen_t service_size, int flags)
{
    lull__address address, found;
    char digits[16];
    if (lull__address_from(from, length, &address) != 0 || address.family < LULL__FAMILY_IPV4) return EAI_FAMILY;
    if (!(name && name_size) && !(service && service_size)) return EAI_NONAME;
    if (name && name_size) {
        int error = flags & NI_NUMERICHOST ? EAI_NONAME : find_name(&address, &found, "getnameinfo");
        if (error && (flags & NI_NAMEREQD)) return error;
        error = hand_out_text(error ? address.text : found.text, name, name_size);
        if (error) return error;
    }
    if (!service || !service_size) return 0;
    const char *known = flags & NI_NUMERICSERV ? NULL : service_of_port(address.port, !(flags & NI_DGRAM));
    digits_of(address.port, digits);
    return hand_out_text(known ? known : digits, service, service_size);
}

/* The texts are those of glibc, which programs' tests know. */
LULL__WEAK const char *gai_strerror(int error)
{
    switch (error) {
    case EAI_BADFLAGS:
        return "Bad value for ai_flags";
    case EAI_NONAME:
        return "Name or service not known";
    case EAI_AGAIN:
        return "Temporary failure in name resolution";
    case EAI_FAIL:
        return "Non-recoverable failure in name resolution";
    case EAI_FAMILY:
        return "ai_family not supported";
    case EAI_SOCKTYPE:
        return "ai_socktype not supported";
    case EAI_SERVICE:
        return "Servname not supported for ai_socktype";
    case EAI_MEMORY:
        return "Memory allocation failure";
    case EAI_SYSTEM:
        return "System error";
    case EAI_OVERFLOW:
        return "Argument buffer overflow";
    default:
        return "Unknown error";
    }
}

/* ---- The older functions ----------------------------------------------------------------------------------------- */

#define MOST_ADDRESSES 16

static int host_error;

LULL__WEAK int *__h_errno_location(void)
{
    return &host_error;
}

LULL__WEAK const char *hstrerror(int error)
{
    switch (error) {
    case HOST_NOT_FOUND:
        return "Host not found";
    case TRY_AGAIN:
        return "Try again";
    case NO_RECOVERY:
        return "Non-recoverable error";
    case NO_DATA:
        return "Address not available";
    default:
        return "Unknown error";
    }
}

/* Not by stderr, a mention of which links the C library's streams. */
LULL__WEAK void herror(const char *prefix)
{
    const char *parts[] = {prefix ? prefix : "", prefix && *prefix ? ": " : "", hstrerror(host_error), "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) return;
    }
}

/* The one entry, which the next call overwrites. */
static struct {
    struct hostent entry;
    char name[LULL__ADDRESS_TEXT];
    unsigned char addresses[MOST_ADDRESSES][16];
    char *list[MOST_ADDRESSES + 1];
} host;

static struct hostent *host_entry(const char *name, int domain, size_t count)
{
    strncpy(host.name, name, sizeof host.name - 1);
    for (size_t i = 0; i < count; i++) host.list[i] = (char *)host.addresses[i];
    host.list[count] = NULL;
    host.entry = (struct hostent){.h_name = host.name,
                                  .h_aliases = no_aliases,
                                  .h_addrtype = domain,
                                  .h_length = domain == AF_INET ? 4 : 16,
                                  .h_addr_list = host.list};
    return &host.entry;
}

static struct hostent *no_host(int error)
{
    host_error = error == EAI_AGAIN ? TRY_AGAIN : error == EAI_NONAME ? HOST_NOT_FOUND : NO_RECOVERY;
    return NULL;
}

LULL__WEAK struct hostent *gethostbyname2(const char *name, int domain)
{
    struct addrinfo hints = {.ai_family = domain, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int error = getaddrinfo(name, NULL, &hints, &found);
    if (error) return no_host(error);
    size_t count = 0;
    for (const struct addrinfo *info = found; info && count < MOST_ADDRESSES; info = info->ai_next) {
        if (domain == AF_INET) {
            struct sockaddr_in in;
            memcpy(&in, info->ai_addr, sizeof in);
            memcpy(host.addresses[count++], &in.sin_addr, 4);
        } else {
            struct sockaddr_in6 in;
            memcpy(&in, info->ai_addr, sizeof in);
            memcpy(host.addresses[count++], &in.sin6_addr, 16);
        }
    }
    freeaddrinfo(found);
    return host_entry(name, domain, count);
}

LULL__WEAK struct hostent *gethostbyname(const char *name)
{
    return gethostbyname2(name, AF_INET);
}

LULL__WEAK struct hostent *gethostbyaddr(const void *address, socklen_t size, int domain)
{
    lull__address of = {.family = lull__family_of(domain)}, found;
    if (of.family < LULL__FAMILY_IPV4 || size != (of.family == LULL__FAMILY_IPV4 ? 4 : 16)) return no_host(EAI_FAMILY);
    (void)inet_ntop(domain, address, of.text, sizeof of.text);
    int error = find_name(&of, &found, "gethostbyaddr");
    if (error) return no_host(error);
    memcpy(host.addresses[0], address, size);
    return host_entry(found.text, domain, 1);
}

/* ---- Interfaces: a module sees none ------------------------------------------------------------------------------ */

LULL__WEAK unsigned if_nametoindex(const char *name)
{
    (void)name;
    errno = ENODEV;
    return 0;
}

LULL__WEAK char *if_indextoname(unsigned index, char *name)
{
    (void)index;
    (void)name;
    errno = ENXIO;
    return NULL;
}

LULL__WEAK struct if_nameindex *if_nameindex(void)
{
    return (struct if_nameindex *)calloc(1, sizeof(struct if_nameindex));
}

LULL__WEAK void if_freenameindex(struct if_nameindex *list)
{
    free(list);
}

#endif
