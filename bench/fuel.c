/* What counting fuel costs: programs that compute (bench/fuel.js). */
#include <lull.h>
#include <stdlib.h>
#include <string.h>

#include "../examples/third_party/picohttpparser/picohttpparser.h"

static const char request[] = "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\n"
                              "Host: www.kittyhell.com\r\n"
                              "User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3)\r\n"
                              "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
                              "Accept-Language: ja,en-us;q=0.7,en;q=0.3\r\n"
                              "Accept-Encoding: gzip,deflate\r\n"
                              "Keep-Alive: 115\r\n"
                              "Connection: keep-alive\r\n\r\n";

/* Parse an HTTP request, as a server does. */
LULL_TASK(int, parse, (int, times))
{
    int sum = 0;
    for (int i = 0; i < times; i++) {
        const char *method, *path;
        struct phr_header headers[16];
        size_t method_length, path_length, count = 16;
        int minor;
        sum += phr_parse_request(request, sizeof request - 1, &method, &method_length, &path, &path_length, &minor,
                                 headers, &count, 0);
    }
    return sum;
}

static void sort(int *numbers, int count)
{
    while (count > 1) {
        int pivot = numbers[count / 2], low = 0, high = count - 1;
        while (low <= high) {
            while (numbers[low] < pivot) low++;
            while (numbers[high] > pivot) high--;
            if (low > high) break;
            int swapped = numbers[low];
            numbers[low++] = numbers[high];
            numbers[high--] = swapped;
        }
        sort(numbers, high + 1);
        numbers += low;
        count -= low;
    }
}

/* Sort numbers: short loops, and recursion. */
LULL_TASK(int, quicksort, (int, times))
{
    enum { COUNT = 1000 };
    static int numbers[COUNT];
    for (int i = 0; i < times; i++) {
        for (int j = 0; j < COUNT; j++) numbers[j] = (int)((j * 2654435761U) >> 8);
        sort(numbers, COUNT);
    }
    return numbers[7];
}

/* Multiply matrices: a loop of a few instructions. */
LULL_TASK(double, multiply, (int, times))
{
    enum { N = 32 };
    static double a[N][N], b[N][N], c[N][N];
    for (int i = 0; i < N * N; i++) a[0][i] = b[0][i] = i % 7;
    for (int t = 0; t < times; t++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        }
    }
    return c[3][4];
}

static int fib(int n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/* Calls that do next to nothing: the worst case. */
LULL_TASK(int, recurse, (int, times))
{
    int sum = 0;
    for (int i = 0; i < times; i++) sum += fib(15 + (i & 3) + (sum & 1));
    return sum;
}

/* Points of the Mandelbrot set: rounds of some arithmetic, as programs have that a limit is for. */
LULL_TASK(int, mandelbrot, (int, times))
{
    int inside = 0;
    for (int i = 0; i < times; i++) {
        double x = -2 + (i % 64) / 25.0, y = -1 + (i / 64 % 64) / 32.0, u = 0, v = 0;
        int left = 500;
        while (left > 0 && u * u + v * v < 4) {
            double next = u * u - v * v + x;
            v = 2 * u * v + y;
            u = next;
            left--;
        }
        inside += left == 0;
    }
    return inside;
}
