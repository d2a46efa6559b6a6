#include <lull.h>
#include <stdlib.h>

LULL_HOST(char *, fetch_text, (const char *, url))
LULL_HOST(void, show, (lull_ref, what), (bool, loud))

/*
 * How long the text at an address is.
 *
 * In bytes of UTF-8.
 */
LULL_TASK(int, text_length, (const char *, url))
{
    char *text;
    lull_check(fetch_text(url, &text));
    free(text);
    return 0;
}

/** The sum, rounded down. */
LULL_TASK(int, add, (int, a), (double, b))
{
    return a + (int)b;
}

LULL_TASK(int64_t, twice, (int64_t, n))
{
    return 2 * n;
}

// Whether nothing is in it: see tests/*/types.test.js.
LULL_TASK(bool, is_empty, (lull_bytes, data))
{
    return data.length == 0;
}

LULL_TASK(const char *, echo, (const char *, text))
{
    return text;
}

LULL_TASK(lull_ref, same, (lull_ref, value))
{
    lull_check(show(value, true));
    return lull_ref_retain(value);
}

/* This is about nothing. */

static int unused_number __attribute__((unused));

LULL_TASK(void, nothing)
{
}

// Twice
// each number.
LULL_TASK(LULL_CHAN(int64_t), doubled, (LULL_CHAN(int), numbers))
{
    return numbers;
}

LULL_GENERATOR(int64_t, count, (int, most))
{
    for (int64_t i = 0; i < most; i++) lull_emit(i);
}
