/*
 * base64 as a pipeline of three concurrent tasks: one reads, one encodes, one writes.
 *
 *     lull run examples/pipeline.c -- IN OUT
 *     lull run examples/pipeline.c -- --make MB FILE     make something to encode
 *
 *              raw                  filled
 *     reader ------> encoder ------------------> writer
 *                        ^                         |
 *                        +-------------------------+
 *                                 empty
 *
 * Memory does not depend on the size of the file. Between reader and encoder, there is no more input than the channel
 * `raw` holds; the encoder has a few blocks, which the writer sends back when they are written. So a fast stage waits
 * for a slow one.
 */
#include <lull_files.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_IN 57  /* bytes, which make a line of … */
#define LINE_OUT 77 /* … 76 digits and its end */
#define LINES 1024
#define BLOCKS 4
#define MB 1000000

typedef struct block {
    size_t length;
    uint8_t bytes[LINE_OUT * LINES];
} block;

static block blocks[BLOCKS];

typedef struct pipeline {
    const char *in_path, *out_path;
    int in, out;       /* files */
    lull_chan raw;     /* of lull_bytes, freed by the receiver */
    lull_chan filled;  /* of block * */
    lull_chan empty;   /* of block * */
    uint64_t bytes_in; /* so far */
    uint64_t bytes_out;
    uint64_t blocks_out;
} pipeline;

/* End the stage with an error that names its file. */
static void check_file(int status, const char *path)
{
    if (status < 0) lull_fail(status, "%s: %s", path, lull_last_error()->message);
}

/* Whether an element was received; false at the end of the channel. */
static bool receive(lull_chan channel, void *element)
{
    int status = lull_receive(channel, element);
    if (status != LULL_ECLOSED) lull_check(status);
    return status == 0;
}

static lull_value run_reader(void *argument)
{
    pipeline *line = argument;
    for (;;) {
        lull_bytes bytes;
        check_file(lull_file_read(line->in, LINE_IN * LINES, &bytes), line->in_path);
        if (bytes.length == 0) {
            free(bytes.data);
            return lull_chan_close(line->raw);
        }
        line->bytes_in += bytes.length;
        lull_check(lull_send(line->raw, &bytes));
    }
}

static void encode_line(const uint8_t *bytes, size_t count, block *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *to = out->bytes + out->length;
    for (size_t i = 0; i < count; i += 3) {
        bool second = i + 1 < count, third = i + 2 < count;
        uint32_t three = (uint32_t)bytes[i] << 16;
        if (second) three |= (uint32_t)bytes[i + 1] << 8;
        if (third) three |= bytes[i + 2];
        *to++ = (uint8_t)digits[three >> 18];
        *to++ = (uint8_t)digits[three >> 12 & 63];
        *to++ = second ? (uint8_t)digits[three >> 6 & 63] : '=';
        *to++ = third ? (uint8_t)digits[three & 63] : '=';
    }
    *to++ = '\n';
    out->length = (size_t)(to - out->bytes);
}

static block *take_empty(pipeline *line)
{
    block *block;
    lull_check(lull_receive(line->empty, &block));
    block->length = 0;
    return block;
}

/* An input block may end within a line of output; its last bytes are kept for the next block. */
static lull_value run_encoder(void *argument)
{
    pipeline *line = argument;
    uint8_t held[LINE_IN];
    size_t held_count = 0;
    block *out = take_empty(line);
    lull_bytes raw;
    while (receive(line->raw, &raw)) {
        for (size_t i = 0, count; i < raw.length; i += count) {
            count = raw.length - i < LINE_IN - held_count ? raw.length - i : LINE_IN - held_count;
            memcpy(held + held_count, raw.data + i, count);
            held_count += count;
            if (held_count < LINE_IN) break;
            encode_line(held, held_count, out);
            held_count = 0;
            if (out->length < sizeof out->bytes) continue;
            lull_check(lull_send(line->filled, &out));
            out = take_empty(line);
        }
        free(raw.data);
    }
    if (held_count) encode_line(held, held_count, out);
    if (out->length) lull_check(lull_send(line->filled, &out));
    return lull_chan_close(line->filled);
}

static lull_value run_writer(void *argument)
{
    pipeline *line = argument;
    block *block;
    while (receive(line->filled, &block)) {
        check_file(lull_file_write(line->out, (lull_bytes){block->bytes, block->length}), line->out_path);
        line->bytes_out += block->length;
        line->blocks_out++;
        lull_check(lull_send(line->empty, &block));
    }
    return 0;
}

/* The three stages. The first failure cancels the others; blocks in flight are freed with the program. */
static int run_pipeline(pipeline *line)
{
    line->raw = lull_chan_new(sizeof(lull_bytes), BLOCKS);
    line->filled = lull_chan_new(sizeof(block *), BLOCKS);
    line->empty = lull_chan_new(sizeof(block *), BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
        block *block = &blocks[i];
        int status = lull_send(line->empty, &block);
        if (status < 0) return status;
    }

    lull_group stages = lull_group_open();
    lull_spawn(run_reader, line, .name = "reader", .group = stages);
    lull_spawn(run_encoder, line, .name = "encoder", .group = stages);
    lull_spawn(run_writer, line, .name = "writer", .group = stages);
    int status = lull_group_wait(stages);

    lull_chan_release(line->raw);
    lull_chan_release(line->filled);
    lull_chan_release(line->empty);
    return status;
}

/* Report the failure of the last wait, if there is one. Returns whether it succeeded. */
static bool succeeded(int status, const char *path)
{
    if (status == 0) return true;
    if (path)
        fprintf(stderr, "pipeline: %s: %s\n", path, lull_last_error()->message);
    else
        fprintf(stderr, "pipeline: %s\n", lull_last_error()->message);
    return false;
}

static bool encode(const char *in_path, const char *out_path)
{
    pipeline line = {.in_path = in_path, .out_path = out_path};
    if (!succeeded(lull_file_open(in_path, "r", &line.in), in_path)) return false;
    bool done = succeeded(lull_file_open(out_path, "w", &line.out), out_path);
    if (done) {
        double start = lull_now();
        done = succeeded(run_pipeline(&line), NULL);
        done = succeeded(lull_file_close(line.out), out_path) && done;
        double seconds = lull_now() - start;
        if (done) {
            fprintf(stderr, "pipeline: %llu bytes in, %llu bytes out, %.2f s, %.0f MB/s, ", line.bytes_in,
                    line.bytes_out, seconds, line.bytes_in / seconds / MB);
            fprintf(stderr, "%llu blocks in %d buffers, %zu bytes of memory\n", line.blocks_out, BLOCKS,
                    __builtin_wasm_memory_size(0) * 65536); /* never shrinks: this is the peak */
        }
    }
    return succeeded(lull_file_close(line.in), in_path) && done;
}

/* Pseudorandom bytes, the same each time (Marsaglia's xorshift). */
static void fill(block *block)
{
    static uint32_t state = 1;
    for (size_t i = 0; i < sizeof block->bytes; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        block->bytes[i] = (uint8_t)(state >> 24);
    }
}

static bool make(uint64_t size, const char *path)
{
    int file;
    if (!succeeded(lull_file_open(path, "w", &file), path)) return false;
    int status = 0;
    for (uint64_t left = size; left > 0 && status == 0;) {
        block *block = &blocks[0];
        block->length = left < sizeof block->bytes ? (size_t)left : sizeof block->bytes;
        fill(block);
        status = lull_file_write(file, (lull_bytes){block->bytes, block->length});
        left -= block->length;
    }
    bool done = succeeded(status, path);
    return succeeded(lull_file_close(file), path) && done;
}

static int usage(FILE *to, int status)
{
    fprintf(to, "usage: pipeline IN OUT\n"
                "       pipeline --make MB FILE\n"
                "Write the bytes of IN to OUT in base64, as `base64` does, with a task each for reading, encoding\n"
                "and writing, and say on stderr what that took.\n"
                "  --make MB FILE  instead, write so many million bytes, which look random, to FILE\n"
                "  --help          this text\n");
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return usage(stdout, 0);
    if (argc == 4 && strcmp(argv[1], "--make") == 0) {
        char *end;
        unsigned long size = strtoul(argv[2], &end, 10);
        if (*end || size == 0 || argv[2][0] == '-') return usage(stderr, 2);
        return make((uint64_t)size * MB, argv[3]) ? 0 : 1;
    }
    if (argc != 3 || argv[1][0] == '-') return usage(stderr, 2);
    if (strcmp(argv[1], argv[2]) == 0) {
        fprintf(stderr, "pipeline: %s: the output is the input\n", argv[1]);
        return 1;
    }
    return encode(argv[1], argv[2]) ? 0 : 1;
}
