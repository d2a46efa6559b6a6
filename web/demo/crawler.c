/* A crawler with a task for each page. A task blocks for its turn and on the network; the others go on. */
#include <lull.h>
#include <lull_fetch.h>
#include <stdlib.h>

#define MOST 24          /* pages */
#define AT_ONCE 4        /* requests */
#define TRIES 2          /* for each page */
static const double PATIENCE = 1.6; /* seconds for each request */

static struct visit {
    char *url;
    lull_task task;
    int status; /* when it is over */
} visits[MOST];
static int count;
static lull_semaphore turns;
static lull_wait_group under_way;

static lull_value visit(void *argument);

static void follow(const char *link, size_t length)
{
    for (int i = 0; i < count; i++) {
        if (strlen(visits[i].url) == length && memcmp(visits[i].url, link, length) == 0) return;
    }
    if (count == MOST) return;
    struct visit *next = &visits[count++];
    *next = (struct visit){.url = strndup(link, length), .status = LULL_ECANCELED};
    next->task = lull_spawn(visit, next, .name = next->url);
    lull_wait_group_add(&under_way, 1);
}

/* The whole body of a page, or the status of its failure, within a few seconds. */
static int get(const char *url, int *code, char **body)
{
    int response = 0;
    size_t length = 0;
    lull_scope patience;
    int status = lull_scope_enter(&patience, PATIENCE);
    if (status < 0) return status;
    status = lull_fetch("GET", url, NULL, (lull_bytes){0}, &response);
    if (status == 0) status = lull_fetch_status(response, code);
    for (lull_bytes piece = {.length = 1}; status == 0 && piece.length > 0;) {
        status = lull_fetch_read(response, 4096, &piece);
        if (status < 0 || piece.length == 0) break;
        *body = realloc(*body, length + piece.length + 1);
        memcpy(*body + length, piece.data, piece.length);
        (*body)[length += piece.length] = '\0';
        free(piece.data);
    }
    if (response > 0) (void)lull_fetch_close(response);
    return lull_scope_exit(&patience, status);
}

static void give_back_turn(void *unused)
{
    (void)unused;
    lull_semaphore_release(&turns);
}

static void over(void *unused)
{
    (void)unused;
    lull_wait_group_done(&under_way);
}

static lull_value visit(void *argument)
{
    struct visit *self = argument;
    lull_check(lull_defer(over, NULL));             /* however this task ends */
    lull_check(lull_semaphore_acquire(&turns));        /* blocks: no more than a few at once */
    lull_check(lull_defer(give_back_turn, NULL));

    char *body = NULL;
    int code = 0, status = LULL_ETIMEDOUT;
    for (int tries = 0; status == LULL_ETIMEDOUT && tries < TRIES; tries++) {
        if (tries > 0) lull_check(lull_pause(0.3)); /* blocks: before the next try */
        status = get(self->url, &code, &body);                  /* blocks: on the network */
    }
    self->status = status < 0 ? status : code;
    lull_check(status);
    lull_check(lull_defer(free, body));

    for (const char *at = body; at && (at = strstr(at, "href=\"")) != NULL;) {
        at += 6;
        follow(at, strcspn(at, "\""));
        lull_check(lull_pause(0.05));               /* blocks: as if there were much to read */
    }
    return 0;
}

static void stop(void *unused)
{
    (void)unused;
    for (int i = 0; i < count; i++) lull_cancel(visits[i].task);
    (void)lull_wait_group_wait(&under_way);
}

/* Crawl from this page until all pages are done. The failure of one page does not affect the others. */
LULL_TASK(int, crawl, (const char *, start))
{
    while (count) free(visits[--count].url);
    turns = (lull_semaphore){0};
    lull_semaphore_init(&turns, AT_ONCE);
    lull_check(lull_defer(stop, NULL));
    follow(start, strlen(start));
    lull_check(lull_wait_group_wait(&under_way));
    return count;
}

/* The calls of the buttons and the lanes. */
static struct visit *visit_of(const char *url)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(visits[i].url, url) == 0) return &visits[i];
    }
    lull_fail(LULL_ESRCH, NULL);
}

LULL_TASK(void, cancel, (const char *, url))
{
    lull_check(lull_cancel(visit_of(url)->task));
}

LULL_TASK(int, outcome, (const char *, url))
{
    return visit_of(url)->status;
}
