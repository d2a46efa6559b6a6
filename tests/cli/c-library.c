/* Links and calls much of the C library, for tests/cli/c-library.test.js: every line is the same with every compiler. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <lull.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int format(char *into, size_t size, const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    int length = vsnprintf(into, size, text, arguments);
    va_end(arguments);
    return length;
}

static void numbers(void)
{
    long double third = 1.0L / 4;
    printf("%d %5d|%-5d|%05d %+d %x %#o %c %s %.2s\n", 1, 2, 3, 4, 5, 255, 8, 'c', "text", "text");
    printf("%ld %lld %llu %zu %td %jd %hhd %hd\n", 1L, LLONG_MIN, ULLONG_MAX, (size_t)3, (ptrdiff_t)-4, (intmax_t)5,
           (signed char)6, (short)7);
    printf("%f %.3e %g %a %G\n", 1.5, 12345.678, 1e-10, 1.0, 1e20);
    printf("%Lf %.2Le %Lg\n", third, 12345.5L, 2.5L);
    printf("%f %f %f\n", (double)INFINITY, -(double)INFINITY, fabs((double)NAN));
    int i = 0;
    double d = 0;
    long double l = 0;
    char word[16];
    int read = sscanf("17 2.5 0.25 word ff", "%d %lf %Lf %15s %*x", &i, &d, &l, word);
    printf("%d: %d %g %Lg %s\n", read, i, d, l, word);
    char *end;
    printf("%ld %lu %lld %d %s\n", strtol("-12x", &end, 10), strtoul("ff", NULL, 16), strtoll("077", NULL, 0),
           atoi("5"), end);
    printf("%g %g %Lg\n", strtod("1.25e2", NULL), (double)strtof("0.5", NULL), strtold("0.125", NULL));
    printf("%" PRId64 " %" PRIu32 " %" PRIx8 "\n", INT64_MIN, UINT32_MAX, (uint8_t)200);
    errno = 0;
    long huge = strtol("99999999999", NULL, 10);
    printf("%d %d\n", huge == LONG_MAX, errno == ERANGE);
    printf("%.6f %.6f %.6f %.6f\n", sin(1), pow(2, 0.5), exp(1), log10(50));
    printf("%.6f %.6f %.6f %g %g\n", tgamma(4.5), erf(0.5), cbrt(27), fmod(7, 3), hypot(3, 4));
    printf("%g %g %g %ld %g\n", round(2.5), trunc(-2.5), floor(-0.5), lround(3.5), rint(2.5));
    printf("%.6Lf %.6Lf\n", sqrtl(2), fabsl(-1.5L));
    div_t parts = div(17, 5);
    printf("%d %d %d %d\n", parts.quot, parts.rem, abs(-3), fegetround() == FE_TONEAREST);
    srand(7);
    int first = rand();
    srand(7);
    printf("%d %d\n", first == rand(), RAND_MAX == INT_MAX);
    srandom(1);
    printf("%d\n", random() >= 0);
}

static void texts(void)
{
    char text[64] = "abc";
    strcat(text, "def");
    printf("%s %zu %d %d %s %s\n", text, strlen(text), strcmp("a", "b") < 0, strncmp("abc", "abd", 2),
           strchr(text, 'd'), strstr(text, "cd"));
    printf("%zu %zu %s %d\n", strspn("aab", "a"), strcspn("aab", "b"), strrchr("a/b/c", '/'), strcasecmp("ABC", "abc"));
    char list[] = "one,two";
    char *rest;
    printf("%s ", strtok_r(list, ",", &rest));
    printf("%s\n", strtok_r(NULL, ",", &rest));
    memmove(text + 1, text, 3);
    printf("%s %d %p\n", text, memcmp("a", "a", 1), memchr("abc", 'z', 3));
    char *copy = strdup("copy");
    printf("%s %s\n", copy, strerror(ENOENT));
    free(copy);
    printf("%d %d %d %c %c\n", !!isalpha('a'), !!isdigit('a'), !!isspace(' '), toupper('a'), tolower('A'));
    printf("%d %s\n", format(text, 4, "%d", 123456), text);
    printf("%s %s\n", setlocale(LC_ALL, ""), localeconv()->decimal_point);
    wchar_t wide[8];
    printf("%zu %ls %d\n", mbstowcs(wide, "h\xc3\xa9", 8), L"wide", !!iswalpha(L'x'));
    int numbers[] = {3, 1, 2}, wanted = 2;
    qsort(numbers, 3, sizeof *numbers, compare);
    printf("%d %d %d %td\n", numbers[0], numbers[1], numbers[2],
           (int *)bsearch(&wanted, numbers, 3, sizeof *numbers, compare) - numbers);
}

static void times(void)
{
    struct tm date = {.tm_year = 100, .tm_mon = 1, .tm_mday = 30};
    time_t seconds = mktime(&date);
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", gmtime(&(time_t){951782400}));
    printf("%s %d-%d %lld %g\n", text, date.tm_mon, date.tm_mday, (long long)seconds, difftime(10, 4));
    struct timespec now;
    struct timeval day;
    printf("%d %d %d %d\n", time(NULL) > 1600000000, clock_gettime(CLOCK_MONOTONIC, &now), gettimeofday(&day, NULL),
           clock() >= 0);
    printf("%s", asctime(gmtime(&(time_t){0})));
}

static void deferred(void *text)
{
    printf("deferred %s\n", (char *)text);
}

static void system_calls(void)
{
    printf("%s %s\n", getenv("LULL_TEST_NAME") ? getenv("LULL_TEST_NAME") : "none", getenv("none") ? "some" : "none");
    printf("%d %d\n", setenv("LULL_TEST_NAME", "set", 1), strcmp(getenv("LULL_TEST_NAME"), "set"));
    printf("%d %d\n", unsetenv("LULL_TEST_NAME"), getenv("LULL_TEST_NAME") != NULL);
    unsigned char bytes[16] = {0};
    int entropy = getentropy(bytes, sizeof bytes), sum = 0;
    for (size_t i = 0; i < sizeof bytes; i++) sum += bytes[i];
    printf("%d %d %d\n", entropy, sum > 0, getpid() > 0);
    printf("%d %d\n", signal(SIGINT, SIG_IGN) != SIG_ERR, isatty(99));
    void *aligned = aligned_alloc(64, 128), *cleared = calloc(4, 4);
    printf("%d %d\n", (int)((uintptr_t)aligned % 64), *(int *)cleared);
    free(aligned);
    free(realloc(cleared, 1000));
    printf("%d %d\n", malloc(SIZE_MAX - 65536) == NULL, errno == ENOMEM);
}

static void files(void)
{
    char line[32] = "";
    FILE *file = fopen("c-library.txt", "w+");
    if (!file) {
        printf("fopen: %s\n", strerror(errno));
        return;
    }
    printf("%d ", fprintf(file, "line %d\nsecond\n", 1));
    rewind(file);
    printf("%s", fgets(line, sizeof line, file));
    printf("%d %ld ", fgetc(file), ftell(file));
    ungetc('S', file);
    printf("%d %d ", fgetc(file), fseek(file, 0, SEEK_END));
    printf("%d %d\n", feof(file), fclose(file));
    struct stat stat_of;
    printf("%d %d %d\n", stat("c-library.txt", &stat_of), (int)stat_of.st_size, fopen("none/none", "r") == NULL);
    int fd = open("c-library.txt", O_RDONLY);
    printf("%d %d %d\n", (int)read(fd, line, 4), (int)lseek(fd, 0, SEEK_CUR), close(fd));
}

LULL_TASK(int, use_all)
{
    lull_check(lull_defer(deferred, (void *)"at the end"));
    setvbuf(stdout, NULL, _IOLBF, 256);
    numbers();
    texts();
    times();
    system_calls();
    files();
    lull_check(lull_pause(0.001));
    puts("after a wait");
    perror("perror");
    fputs("no newline", stdout);
    return 0;
}

LULL_TASK(void, aborts)
{
    abort();
}
LULL_TASK(void, asserts, (int, n))
{
    assert(n > 0);
}
LULL_TASK(void, raises)
{
    raise(SIGABRT);
}
LULL_TASK(void, raises_other)
{
    raise(SIGTERM);
}
LULL_TASK(void, exits, (int, status))
{
    printf("exits ");
    exit(status);
}
LULL_TASK(void, quits, (int, status))
{
    printf("quits ");
    _Exit(status);
}
LULL_TASK(int, after)
{
    return 7;
}
