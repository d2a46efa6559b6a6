/*
 * wc with a task for each file: it prints lines, words and bytes as wc does.
 *
 *     lull run examples/wordcount.c -- [--timeout SECONDS] FILE…
 *
 * Each task is a plain loop that reads a block and counts. Every read suspends, so the files are read concurrently.
 */
#include <lull_files.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 65536

typedef struct counts {
    unsigned long lines, words, bytes;
} counts;

typedef struct job {
    const char *path;
    counts counts;
    lull_future done;
} job;

static double timeout = LULL_FOREVER;

/* Space in the C locale. Words are what it separates, as POSIX defines them for wc. */
static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void count_block(counts *counts, lull_bytes block, bool *in_word)
{
    for (size_t i = 0; i < block.length; i++) {
        uint8_t c = block.data[i];
        if (c == '\n') counts->lines++;
        if (is_space(c)) {
            *in_word = false;
        } else if (!*in_word) {
            *in_word = true;
            counts->words++;
        }
    }
    counts->bytes += block.length;
}

static void close_file(void *file)
{
    if (lull_file_close((int)(intptr_t)file) < 0) fprintf(stderr, "wordcount: %s\n", lull_last_error()->message);
}

/* Count a file in blocks; the first failed read ends the task. */
static int count_file(job *job)
{
    int file;
    int status = lull_file_open(job->path, "r", &file);
    if (status == 0) status = lull_defer(close_file, (void *)(intptr_t)file);
    bool in_word = false;
    while (status == 0) {
        lull_bytes block;
        status = lull_file_read(file, BLOCK, &block);
        if (status < 0) break;
        count_block(&job->counts, block, &in_word);
        free(block.data);
        if (block.length == 0) break;
    }
    return status;
}

static lull_value run_job(void *argument)
{
    job *job = argument;
    lull_scope scope;
    lull_check(lull_scope_enter(&scope, timeout));
    int status = count_file(job);
    status = lull_scope_exit(&scope, status);
    if (status == LULL_ETIMEDOUT) lull_fail(status, "not read within %g s", timeout);
    lull_check(status);
    return 0;
}

static void print_row(const counts *counts, int width, const char *name)
{
    printf("%*lu %*lu %*lu %s\n", width, counts->lines, width, counts->words, width, counts->bytes, name);
}

/* wc's columns are as wide as the largest number that it prints. */
static int width_of(unsigned long largest)
{
    int width = 1;
    for (; largest >= 10; largest /= 10) width++;
    return width;
}

static int usage(void)
{
    fprintf(stderr, "usage: wordcount [--timeout SECONDS] FILE...\n"
                    "Count the lines, words and bytes of each file, with a task for each.\n"
                    "  --timeout SECONDS  give up on a file that is not read within this time\n");
    return 2;
}

int main(int argc, char **argv)
{
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--timeout") == 0) {
        char *end;
        timeout = strtod(argv[2], &end);
        if (*end || !(timeout >= 0)) return usage();
        first = 3;
    }
    if (first >= argc || strncmp(argv[first], "--", 2) == 0) return usage();

    int count = argc - first;
    job *jobs = calloc((size_t)count, sizeof *jobs);
    if (!jobs) return 1;
    for (int i = 0; i < count; i++) {
        jobs[i] = (job){.path = argv[first + i], .done = lull_future_new()};
        lull_task task = lull_spawn(run_job, &jobs[i], .name = jobs[i].path, .result = jobs[i].done);
        if (task < 0) {
            fprintf(stderr, "wordcount: %s: %s\n", jobs[i].path, lull_strerror((int)task));
            return 1;
        }
    }

    /* All tasks run; wait for each, and print in the order of the command line. */
    int failures = 0;
    counts total = {0, 0, 0};
    int *statuses = calloc((size_t)count, sizeof *statuses);
    char **messages = calloc((size_t)count, sizeof *messages);
    if (!statuses || !messages) return 1;
    for (int i = 0; i < count; i++) {
        statuses[i] = lull_await(jobs[i].done, NULL);
        if (statuses[i] == 0) {
            total.lines += jobs[i].counts.lines;
            total.words += jobs[i].counts.words;
            total.bytes += jobs[i].counts.bytes;
        } else {
            failures++;
            messages[i] = strdup(lull_last_error()->message);
        }
    }
    int width = width_of(total.bytes);
    for (int i = 0; i < count; i++) {
        if (statuses[i] == 0) {
            print_row(&jobs[i].counts, width, jobs[i].path);
        } else {
            fprintf(stderr, "wordcount: %s: %s\n", jobs[i].path,
                    messages[i] ? messages[i] : lull_strerror(statuses[i]));
        }
        free(messages[i]);
        if (lull_future_free(jobs[i].done) < 0) failures++;
    }
    if (count > 1) print_row(&total, width, "total");
    free(jobs);
    free(statuses);
    free(messages);
    return failures ? 1 : 0;
}
