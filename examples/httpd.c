/*
 * An HTTP/1.1 server in blocking style, with a task for each connection.
 *
 *     lull run examples/httpd.c -- --port 8080
 *
 *     GET  /                a greeting
 *     GET  /sleep/SECONDS   the same after a delay, which no other connection notices
 *     POST /echo            the body of the request
 *
 * A client that is slow or sends too much loses its connection, and delays no other client: each wait has a time limit
 * (lull_scope), and there are limits for the head and the body of a request, and for the number of connections (a
 * semaphore). After Ctrl-C, requests in progress are still answered (shields), and idle connections are closed.
 */
#include <lull_net.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include "third_party/picohttpparser/picohttpparser.c"

#define READ_SIZE 65536
#define MAX_HEADERS 64
#define MAX_LINE 256  /* of the chunked coding: a size, or a trailer */
#define MAX_PATH 255  /* longer paths are not found */
#define HEAD_SIZE 512 /* of a response */
#define MAX_SLEEP 10
#define INCOMPLETE 1 /* a status: more bytes are needed */

/* The limits of a client, in seconds and bytes. */
static struct {
    double idle;   /* between two requests */
    double head;   /* from the first byte of a request to the end of its head */
    double body;   /* of a request */
    double write;  /* until a response is sent */
    double linger; /* for a refused client to read the reason */
    size_t header_bytes, body_bytes;
    int connections; /* at once; further ones wait */
} limits = {5, 10, 10, 10, 1, 16384, 1 << 20, 10000};

static bool stopping;
static lull_semaphore places; /* 0 before there is a listener */

typedef struct connection {
    int socket;
    uint8_t *data; /* [start, end) has been read and not been used */
    size_t start, end, capacity;
} connection;

typedef struct request {
    enum { GET, HEAD, POST, OTHER } method;
    char path[MAX_PATH + 1];
    bool keep_alive, chunked, expects_continue;
    uint8_t *body;
    size_t body_length;
    size_t looked; /* bytes of its head that the parser has seen */
} request;

/* ---- Input ---------------------------------------------------------------------------------------------------- */

static size_t unread(const connection *from)
{
    return from->end - from->start;
}

/* Make room for more bytes after the unread ones. */
static int reserve(connection *to, size_t more)
{
    size_t kept = unread(to);
    if (to->start > 0) memmove(to->data, to->data + to->start, kept);
    to->start = 0;
    to->end = kept;
    if (to->capacity - kept >= more) return 0;
    size_t capacity = kept + more > 2 * to->capacity ? kept + more : 2 * to->capacity;
    uint8_t *data = realloc(to->data, capacity);
    if (!data) return LULL_ENOMEM;
    to->data = data;
    to->capacity = capacity;
    return 0;
}

/* Read available bytes. LULL_ECLOSED if the client has ended. */
static int fill(connection *from)
{
    lull_bytes bytes;
    int status = lull_tcp_read(from->socket, READ_SIZE, &bytes);
    if (status < 0) return status;
    if (bytes.length > 0 && unread(from) == 0) { /* usually a whole request, which is not copied */
        free(from->data);
        *from = (connection){from->socket, bytes.data, 0, bytes.length, bytes.length};
        return 0;
    }
    status = bytes.length > 0 ? reserve(from, bytes.length) : LULL_ECLOSED;
    if (status == 0) {
        memcpy(from->data + from->end, bytes.data, bytes.length);
        from->end += bytes.length;
    }
    free(bytes.data);
    return status;
}

/* Wait for a number of bytes. */
static int fill_to(connection *from, size_t count)
{
    while (unread(from) < count) {
        int status = fill(from);
        if (status < 0) return status;
    }
    return 0;
}

/* Take a line and its CRLF. Returns its length without CRLF, -400 for a malformed line, or a failure. */
static int take_line(connection *from, const char **line)
{
    for (size_t looked = 0;;) {
        uint8_t *start = from->data + from->start;
        uint8_t *end = memchr(start + looked, '\n', unread(from) - looked);
        looked = unread(from);
        if (end) {
            if (end == start || end[-1] != '\r' || end - start > MAX_LINE) return -400;
            *line = (const char *)start;
            from->start += (size_t)(end - start) + 1;
            return (int)(end - start) - 1;
        }
        if (looked > MAX_LINE) return -400;
        int status = fill(from);
        if (status < 0) return status;
    }
}

/* ---- Output --------------------------------------------------------------------------------------------------- */

static const char *reason_of(int code)
{
    switch (code) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 413:
        return "Payload Too Large";
    case 414:
        return "URI Too Long";
    case 417:
        return "Expectation Failed";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

/* The time in HTTP's format, made once a second. */
static const char *date(void)
{
    static char text[32];
    static double made = -1;
    if (made >= 0 && lull_now() - made < 1) return text;
    made = lull_now();
    long long seconds = time(NULL), days = seconds / 86400;
    /* From days to a date, in years that begin in March: Howard Hinnant's "low-level date algorithms". */
    long long shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    long long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long long of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int day = (int)(of_year - (153 * month + 2) / 5 + 1);
    year += era * 400 + (month >= 10);
    int of_day = (int)(seconds % 86400);
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", &"ThuFriSatSunMonTueWed"[days % 7 * 3], day,
             &"MarAprMayJunJulAugSepOctNovDecJanFeb"[month * 3], (int)year, of_day / 3600, of_day / 60 % 60,
             of_day % 60);
    return text;
}

/* The end of the head of a response after which another request may follow; made at the start. */
static char keep_alive[64];

/* Write, with a time limit. Shielded: a request in progress is answered, also when the server ends. */
static int send_bytes(const connection *to, const void *data, size_t length)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, limits.write);
    if (status < 0) return status;
    status = lull_tcp_write(to->socket, (lull_bytes){(uint8_t *)data, length});
    return lull_scope_exit(&shield, status);
}

typedef struct response {
    int code;
    const char *type; /* of the content */
    const void *body;
    size_t length;
    const char *allow; /* methods, or NULL */
} response;

/* Append a text. Returns its end. snprintf would take longer than the rest of a request. */
static char *append(char *to, const char *text)
{
    size_t length = strlen(text);
    return (char *)memcpy(to, text, length) + length;
}

static char *append_number(char *to, size_t number)
{
    char digits[24] = "";
    char *first = digits + sizeof digits - 1;
    do *--first = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return append(to, first);
}

/* Head and body in one write. */
static int respond(const connection *to, const request *request, const response *response)
{
    char *out = malloc(HEAD_SIZE + response->length);
    if (!out) return LULL_ENOMEM;
    char *end = append_number(append(out, "HTTP/1.1 "), (size_t)response->code);
    end = append(append(end, " "), reason_of(response->code));
    end = append(append(end, "\r\nContent-Type: "), response->type);
    end = append_number(append(end, "\r\nContent-Length: "), response->length);
    if (response->allow) end = append(append(end, "\r\nAllow: "), response->allow);
    end = append(append(end, "\r\nDate: "), date());
    end = append(end, request->keep_alive ? keep_alive : "\r\nConnection: close\r\n\r\n");
    size_t body = request->method == HEAD ? 0 : response->length;
    memcpy(end, response->body, body);
    int status = send_bytes(to, out, (size_t)(end - out) + body);
    free(out);
    return status;
}

static int respond_text(const connection *to, const request *request, int code, const char *text, const char *allow)
{
    return respond(to, request, &(response){code, "text/plain", text, strlen(text), allow});
}

/* ---- The head of a request ------------------------------------------------------------------------------------ */

/* Functions that check a request return 0, or minus an HTTP status for the client. LULL_E… are greater than these. */
#define HTTP_STATUS(status) ((status) <= -100 ? -(status) : 0)

static bool is(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

/* Whether a comma-separated list has a word. */
static bool lists(const struct phr_header *header, const char *word)
{
    const char *at = header->value, *end = at + header->value_len;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        const char *last = stop;
        while (at < last && isspace((unsigned char)*at)) at++;
        while (last > at && isspace((unsigned char)last[-1])) last--;
        if (is(at, (size_t)(last - at), word)) return true;
        at = stop + 1;
    }
    return false;
}

/* The number in a Content-Length, or -1. */
static int64_t parse_length(const struct phr_header *header)
{
    int64_t length = 0;
    if (header->value_len == 0 || header->value_len > 15) return -1;
    for (size_t i = 0; i < header->value_len; i++) {
        if (!isdigit((unsigned char)header->value[i])) return -1;
        length = length * 10 + header->value[i] - '0';
    }
    return length;
}

static int read_headers(request *request, const struct phr_header *headers, size_t count, int minor_version)
{
    int hosts = 0, lengths = 0;
    bool closes = false, keeps = false;
    int64_t length = 0;
    for (const struct phr_header *header = headers; header < headers + count; header++) {
        const char *name = header->name;
        if (!name) return -400; /* a continued line, which HTTP/1.1 has dropped */
        size_t name_length = header->name_len;
        if (is(name, name_length, "host")) {
            hosts++;
        } else if (is(name, name_length, "content-length")) {
            lengths++;
            length = parse_length(header);
            if (length < 0) return -400;
        } else if (is(name, name_length, "transfer-encoding")) {
            if (request->chunked || !is(header->value, header->value_len, "chunked")) return -501;
            request->chunked = true;
        } else if (is(name, name_length, "connection")) {
            closes |= lists(header, "close");
            keeps |= lists(header, "keep-alive");
        } else if (is(name, name_length, "expect")) {
            if (!is(header->value, header->value_len, "100-continue")) return -417;
            request->expects_continue = minor_version > 0;
        }
    }
    if (hosts > 1 || (hosts == 0 && minor_version > 0)) return -400;
    /* Request smuggling: a proxy could see another end of the request than this server. */
    if (lengths > 1 || (request->chunked && (lengths > 0 || minor_version == 0))) return -400;
    if (length > (int64_t)limits.body_bytes) return -413;
    request->body_length = (size_t)length;
    request->keep_alive = !closes && (minor_version > 0 || keeps);
    return 0;
}

static int read_method(request *request, const char *method, size_t length)
{
    static const char *const others[] = {"PUT", "DELETE", "PATCH", "OPTIONS"};
    static const char *const own[] = {[GET] = "GET", [HEAD] = "HEAD", [POST] = "POST"};
    request->method = OTHER;
    for (int i = GET; i <= POST; i++)
        if (strlen(own[i]) == length && memcmp(own[i], method, length) == 0) request->method = i;
    if (request->method != OTHER) return 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strlen(others[i]) == length && memcmp(others[i], method, length) == 0) return 0;
    return -501;
}

/* The path without its query, and without the server's name, which a client may put before it. */
static int read_path(request *request, const char *target, size_t length)
{
    const char *end = target + length;
    if (length >= 7 && strncasecmp(target, "http://", 7) == 0) {
        target += 7;
        while (target < end && *target != '/') target++;
        if (target == end) return strcpy(request->path, "/"), 0;
    }
    if (*target != '/' && !is(target, length, "*")) return -400;
    const char *query = memchr(target, '?', (size_t)(end - target));
    length = (size_t)((query ? query : end) - target);
    if (length > MAX_PATH) length = 0; /* which is never found */
    memcpy(request->path, target, length);
    request->path[length] = 0;
    return 0;
}

/* The status for a head that the parser refuses. */
static int refuse_head(const connection *from, size_t header_count)
{
    if (header_count == MAX_HEADERS) return -431;
    const char *line = (const char *)from->data + from->start;
    const char *end = memchr(line, '\n', unread(from));
    if (end && end > line && end[-1] == '\r') end--;
    /* "… HTTP/2.0" */
    if (end && end - line > 9 && memcmp(end - 9, " HTTP/", 6) == 0 && isdigit((unsigned char)end[-3]) &&
        end[-2] == '.' && isdigit((unsigned char)end[-1]) && end[-3] != '1')
        return -505;
    return -400;
}

/* What the head that has arrived says. Returns INCOMPLETE, 0, or minus the HTTP status to refuse it with. */
static int parse_head(connection *from, request *request)
{
    struct phr_header headers[MAX_HEADERS];
    const char *method, *target;
    size_t method_length, target_length, count = MAX_HEADERS;
    int minor_version;
    while (request->looked == 0 && unread(from) && strchr("\r\n", from->data[from->start])) from->start++;
    int length = phr_parse_request((char *)from->data + from->start, unread(from), &method, &method_length, &target,
                                   &target_length, &minor_version, headers, &count, request->looked);
    if (length == -1) return refuse_head(from, count);
    request->looked = unread(from);
    if (length > (int)limits.header_bytes || (length < 0 && request->looked > limits.header_bytes))
        return memchr(from->data + from->start, '\n', limits.header_bytes) ? -431 : -414;
    if (length < 0) return INCOMPLETE;
    int status = read_method(request, method, method_length);
    if (status == 0) status = read_path(request, target, target_length);
    if (status == 0) status = read_headers(request, headers, count, minor_version);
    from->start += (size_t)length;
    return status;
}

/* Read the rest of the head. Returns 0, minus the HTTP status to refuse it with, or a failure. */
static int read_head(connection *from, request *request)
{
    int status = INCOMPLETE;
    while (status == INCOMPLETE) {
        status = fill(from);
        if (status == 0) status = parse_head(from, request);
    }
    return status;
}

/* ---- The body of a request ------------------------------------------------------------------------------------ */

/* Append the next bytes to the body. */
static int take_body(connection *from, request *request, size_t count)
{
    int status = fill_to(from, count);
    if (status < 0) return status;
    uint8_t *body = realloc(request->body, request->body_length + count + 1);
    if (!body) return LULL_ENOMEM;
    memcpy(body + request->body_length, from->data + from->start, count);
    request->body = body;
    request->body_length += count;
    from->start += count;
    return 0;
}

/* The size at the start of a chunk, "1a" or "1a;extension"; -400 if malformed, -413 if too large. */
static int64_t parse_chunk_size(const char *line, size_t length)
{
    size_t digits = 0;
    int64_t size = 0;
    for (; digits < length && isxdigit((unsigned char)line[digits]); digits++) {
        int digit = tolower((unsigned char)line[digits]);
        size = size * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        if (size > (int64_t)limits.body_bytes) return -413;
    }
    bool ends = digits == length || line[digits] == ';' || line[digits] == ' ' || line[digits] == '\t';
    return digits > 0 && ends ? size : -400;
}

/*
 * A chunked body: each chunk begins with its size, and the last has size 0. The parser's own decoder is not used: it
 * accepts lines that other servers read differently.
 */
static int read_chunks(connection *from, request *request)
{
    for (;;) {
        const char *line;
        int length = take_line(from, &line);
        if (length < 0) return length;
        int64_t size = parse_chunk_size(line, (size_t)length);
        if (size < 0) return (int)size;
        if (size == 0) break;
        if (request->body_length + (size_t)size > limits.body_bytes) return -413;
        int status = take_body(from, request, (size_t)size);
        if (status < 0) return status;
        length = take_line(from, &line);
        if (length != 0) return length < 0 ? length : -400;
    }
    for (size_t trailers = 0;;) { /* which are ignored */
        const char *line;
        int length = take_line(from, &line);
        if (length <= 0) return length;
        trailers += (size_t)length;
        if (trailers > limits.header_bytes) return -431;
    }
}

static bool has_body(const request *request)
{
    return request->body_length > 0 || request->chunked;
}

static int read_body(connection *from, request *request)
{
    if (request->expects_continue && unread(from) == 0) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        int status = send_bytes(from, go_on, sizeof go_on - 1);
        if (status < 0) return status;
    }
    if (request->chunked) return read_chunks(from, request);
    size_t length = request->body_length;
    request->body_length = 0;
    return take_body(from, request, length);
}

/* ---- What there is to ask for --------------------------------------------------------------------------------- */

static int greet(const connection *to, const request *request)
{
    return respond_text(to, request, 200, "Hello, world!\n", NULL);
}

static int echo(const connection *to, const request *request)
{
    const void *body = request->body ? request->body : (uint8_t *)"";
    return respond(to, request, &(response){200, "application/octet-stream", body, request->body_length, NULL});
}

static int sleep_and_greet(const connection *to, const request *request)
{
    char *end;
    const char *text = request->path + strlen("/sleep/");
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 0 && seconds <= MAX_SLEEP))
        return respond_text(to, request, 404, "Not Found\n", NULL);
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, LULL_FOREVER);
    if (status == 0) status = lull_scope_exit(&shield, lull_pause(seconds));
    return status < 0 ? status : greet(to, request);
}

typedef struct route {
    const char *path;
    bool is_prefix, takes_body;
    int (*handle)(const connection *to, const request *request);
} route;

static int answer(const connection *to, const request *request)
{
    static const route routes[] = {
        {"/", false, false, greet}, {"/echo", false, true, echo}, {"/sleep/", true, false, sleep_and_greet}};

    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t length = strlen(routes[i].path);
        if (strncmp(request->path, routes[i].path, length) != 0) continue;
        if (!routes[i].is_prefix && request->path[length]) continue;
        bool right = routes[i].takes_body ? request->method == POST : request->method <= HEAD;
        if (right) return routes[i].handle(to, request);
        return respond_text(to, request, 405, "Method Not Allowed\n", routes[i].takes_body ? "POST" : "GET, HEAD");
    }
    return respond_text(to, request, 404, "Not Found\n", NULL);
}

/* ---- Connections ---------------------------------------------------------------------------------------------- */

/* A step of a request with a time limit, and shielded, as in send_bytes; a slow client gets 408. */
static int within(double seconds, int (*step)(connection *, request *), connection *from, request *request)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, seconds);
    if (status < 0) return status;
    status = lull_scope_exit(&shield, step(from, request));
    return status == LULL_ETIMEDOUT ? -408 : status;
}

/*
 * Refuse a request, and read the rest that the client sends: closing a connection with unread bytes resets it, and the
 * client may lose the response.
 */
static void refuse(connection *to, const request *request, int code)
{
    lull_scope shield;
    char text[64];
    snprintf(text, sizeof text, "%s\n", reason_of(code));
    if (respond_text(to, request, code, text, NULL) < 0) return;
    if (lull_scope_enter_shielded(&shield, limits.linger) < 0) return;
    int status = lull_tcp_shutdown(to->socket);
    while (status == 0) {
        to->start = to->end;
        status = fill(to);
    }
    lull_scope_exit(&shield, status);
}

/* Handle a request whose first bytes have arrived. Returns whether another one may follow. */
static bool serve_request(connection *with)
{
    request request = {.keep_alive = false};
    int status = parse_head(with, &request); /* usually all of it has arrived */
    if (status == INCOMPLETE) status = within(limits.head, read_head, with, &request);
    if (status == 0 && has_body(&request)) status = within(limits.body, read_body, with, &request);
    request.keep_alive = request.keep_alive && status == 0 && !stopping;
    if (HTTP_STATUS(status))
        refuse(with, &request, HTTP_STATUS(status));
    else if (status == 0)
        status = answer(with, &request);
    free(request.body);
    return request.keep_alive && status == 0;
}

/* Wait for the first bytes of a request, with a time limit, and until the server ends. */
static bool await_request(connection *from)
{
    lull_scope scope;
    if (unread(from) > 0) return true;
    if (lull_scope_enter(&scope, limits.idle) < 0) return false;
    return lull_scope_exit(&scope, fill(from)) == 0;
}

static lull_value serve(void *argument)
{
    connection connection = {.socket = (int)(intptr_t)argument};
    bool more = true;
    while (more && await_request(&connection)) more = serve_request(&connection);
    free(connection.data);
    int status = lull_tcp_close(connection.socket);
    lull_semaphore_release(&places);
    return status < 0 ? status : 0;
}

static int serve_all(const char *host, int port)
{
    int listener, socket;
    int status = lull_tcp_listen(host, port, 511, &listener);
    if (status == 0) status = lull_tcp_port(listener, &port);
    if (status < 0) return status;
    printf("httpd: http://%s:%d/\n", host, port);
    fflush(stdout);

    for (int i = 0; i < limits.connections; i++) lull_semaphore_release(&places);
    lull_group connections = lull_group_open();
    while ((status = lull_semaphore_acquire(&places)) == 0) {
        status = lull_tcp_accept(listener, &socket);
        if (status == LULL_ECANCELED) break;
        /* Other errors, such as too many open files, concern one connection. */
        if (status == 0 && lull_spawn(serve, (void *)(intptr_t)socket, .name = "connection", .group = connections) > 0)
            continue;
        if (status == 0) status = lull_tcp_close(socket);
        lull_semaphore_release(&places);
    }
    stopping = true;
    lull_group_cancel(connections);
    if (lull_tcp_close(listener) < 0) fprintf(stderr, "httpd: %s\n", lull_last_error()->message);
    int ended = lull_group_wait(connections);
    return status == LULL_ECANCELED || ended == LULL_ECANCELED ? 0 : status < 0 ? status : ended;
}

/* ---- The command line ----------------------------------------------------------------------------------------- */

static int usage(FILE *to, int status)
{
    fprintf(to, "usage: httpd [--host ADDRESS] [--port PORT] [LIMIT VALUE]...\n"
                "Serve HTTP at http://127.0.0.1:8080/, or at another address; port 0 is one that is free.\n"
                "  --idle, --head, --body, --write SECONDS   how long a client may take\n"
                "  --header-bytes, --body-bytes BYTES        how much it may send\n"
                "  --connections COUNT                       how many there may be at once\n"
                "  --help                                    this text\n");
    return status;
}

int main(int argc, char **argv)
{
    const char *host = "127.0.0.1";
    double port = 8080, header_bytes = (double)limits.header_bytes, body_bytes = (double)limits.body_bytes;
    double connections = limits.connections;
    const struct {
        const char *name;
        double *value, least, most;
    } options[] = {
        {"--port", &port, 0, 65535},
        {"--idle", &limits.idle, 1e-3, 1e6},
        {"--head", &limits.head, 1e-3, 1e6},
        {"--body", &limits.body, 1e-3, 1e6},
        {"--write", &limits.write, 1e-3, 1e6},
        {"--header-bytes", &header_bytes, 64, 1 << 20},
        {"--body-bytes", &body_bytes, 0, 1 << 30},
        {"--connections", &connections, 1, 1e6},
    };
    const size_t count = sizeof options / sizeof *options;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return usage(stdout, 0);
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) return usage(stderr, 2);
        if (strcmp(argv[i], "--host") == 0) {
            host = argv[i + 1];
            continue;
        }
        char *end;
        size_t option = 0;
        double value = strtod(argv[i + 1], &end);
        while (option < count && strcmp(argv[i], options[option].name) != 0) option++;
        if (option == count || *end || !(value >= options[option].least && value <= options[option].most))
            return usage(stderr, 2);
        *options[option].value = value;
    }
    limits.header_bytes = (size_t)header_bytes;
    limits.body_bytes = (size_t)body_bytes;
    limits.connections = (int)connections;
    snprintf(keep_alive, sizeof keep_alive, "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=%.0f\r\n\r\n",
             limits.idle);

    int status = serve_all(host, (int)port);
    if (status == 0) return 0;
    fprintf(stderr, "httpd: %s\n", lull_last_error()->message);
    return 1;
}
