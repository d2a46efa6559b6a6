/* A million particles. Each is a task of its own, which moves and then waits for the next frame. */
#include <lull.h>
#include <lull_canvas.h>
#include <lull_frame.h>
#include <stdlib.h>

#define WIDTH 720
#define HEIGHT 400
#define CELL 8 /* pixels with the same wind */
#define MOST 1000000

static float wind[HEIGHT / CELL][WIDTH / CELL][2];
static uint8_t heat[HEIGHT][WIDTH];
static uint32_t palette[256], image[HEIGHT][WIDTH];
static lull_task particles[MOST];
static int count;

static float chance(uint32_t *seed, float most)
{
    *seed = *seed * 1664525 + 1013904223;
    return (float)(*seed >> 8) * most / (1 << 24);
}

static void plot(float x, float y)
{
    int size = count < 200 ? 5 : count < 5000 ? 3 : count < 40000 ? 2 : 1;
    uint8_t warmth = count < 200000 ? 200 : 90;
    for (int row = (int)y; row < (int)y + size && row < HEIGHT; row++) {
        for (int column = (int)x; column < (int)x + size && column < WIDTH; column++) {
            uint8_t *pixel = &heat[row][column];
            *pixel = *pixel + warmth > 255 ? 255 : *pixel + warmth;
        }
    }
}

/* One particle. Its place, speed and age are plain local variables. */
static lull_value particle(void *number)
{
    uint32_t seed = (uint32_t)(uintptr_t)number * 2654435761u + 12345;
    float x = chance(&seed, WIDTH), y = chance(&seed, HEIGHT), speed = 0.4f + chance(&seed, 1.2f);
    int age = (int)chance(&seed, 400);

    for (;;) {
        const float *here = wind[(int)y / CELL][(int)x / CELL];
        x += here[0] * speed;
        y += here[1] * speed;
        if (++age > 400 || x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) { /* start again, elsewhere */
            x = chance(&seed, WIDTH);
            y = chance(&seed, HEIGHT);
            age = 0;
        }
        plot(x, y);
        lull_check(lull_frame()); /* other particles move; this one continues here in the next frame */
    }
}

/* How many come or go between two frames: some thousands, or an eighth of the present ones. */
static int in_one_go(void)
{
    return count / 8 > 4096 ? count / 8 : 4096;
}

/* Set the number of particles to the slider's. */
LULL_TASK(void, populate, (int, wanted))
{
    for (int left = in_one_go(); count != wanted;) {
        if (count > wanted) {
            lull_kill(particles[--count]);
        } else {
            void *number = (void *)(uintptr_t)count;
            lull_task task = lull_spawn(particle, number, .name = "particle", .stack = LULL_STACK_SHARED);
            lull_check(task);
            particles[count++] = task;
        }
        if (--left > 0) continue;
        lull_check(lull_pause(0));
        left = in_one_go();
    }
}

static double sine(double angle) /* of any angle, with the precision that wind needs */
{
    angle -= 6.283185307 * (double)(long)(angle / 6.283185307);
    if (angle < 0) angle += 6.283185307;
    double half = angle < 3.141592654 ? angle : angle - 3.141592654;
    double arch = 1.27323954 * half - 0.405284735 * half * half;
    return angle < 3.141592654 ? arch : -arch;
}

static void blow(double time)
{
    for (int row = 0; row < HEIGHT / CELL; row++) {
        for (int column = 0; column < WIDTH / CELL; column++) {
            double x = column * 0.09, y = row * 0.11;
            wind[row][column][0] = (float)(1.6 * sine(y * 1.3 + time * 0.31 + 1.7 * sine(x * 0.8 - time * 0.2)));
            wind[row][column][1] = (float)(1.6 * sine(x * 1.1 - time * 0.27 + 1.9 * sine(y * 0.7 + time * 0.17)));
        }
    }
}

/* Another task draws the particles' traces, with a loop of the same form. */
LULL_TASK(void, paint, (const char *, target), (lull_bytes, colours))
{
    lull_canvas canvas = {target};
    memcpy(palette, colours.data, sizeof palette);
    for (;;) {
        blow(lull_now());
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                image[row][column] = palette[heat[row][column]];
                heat[row][column] = (uint8_t)(heat[row][column] * 7 / 8); /* it cools down */
            }
        }
        lull_check(lull_canvas_pixels(&canvas, (lull_bytes){(uint8_t *)image, sizeof image}, WIDTH));
        lull_check(lull_frame());
    }
}
