/*
 * Canvas calls, collected for JavaScript: for each, the number of the call, then its arguments, then its text.
 * See D43.
 */
#include "lull_canvas.h"

#include <stdlib.h>

#define FIRST_CALLS 64

/* The numbers of the calls. */
#define CALL_NUMBER(name, ...) CALL_##name,
enum { LULL__CANVAS_MAP(CALL_NUMBER) };
#undef CALL_NUMBER

/* Room for this many more numbers. NULL where there is no memory: calls are dropped until the next lull_canvas_draw. */
static double *room(lull_canvas *canvas, size_t numbers)
{
    if (canvas->count + numbers > canvas->capacity) {
        size_t capacity = canvas->capacity ? canvas->capacity * 2 : FIRST_CALLS;
        while (capacity < canvas->count + numbers) capacity *= 2;
        double *calls = canvas->failed ? NULL : (double *)realloc(canvas->calls, capacity * sizeof *calls);
        canvas->failed = !calls;
        if (!calls) return NULL;
        canvas->calls = calls;
        canvas->capacity = capacity;
    }
    double *place = canvas->calls + canvas->count;
    canvas->count += numbers;
    return place;
}

static void call(lull_canvas *canvas, int number, const double *numbers, size_t count)
{
    double *place = room(canvas, 1 + count);
    if (!place) return;
    place[0] = number;
    if (count) memcpy(place + 1, numbers, count * sizeof *numbers);
}

/* The length of the text, then its bytes, up to the next number. */
static void call_text(lull_canvas *canvas, int number, const double *numbers, size_t count, const char *text)
{
    size_t length = strlen(text);
    double *place = room(canvas, 2 + count + (length + sizeof(double) - 1) / sizeof(double));
    if (!place) return;
    place[0] = number;
    if (count) memcpy(place + 1, numbers, count * sizeof *numbers);
    place[1 + count] = (double)length;
    memcpy(place + 2 + count, text, length);
}

#define CALL(number, ...)                                                                                              \
    {                                                                                                                  \
        const double numbers[] = {__VA_ARGS__};                                                                        \
        call(canvas, number, numbers, sizeof numbers / sizeof *numbers);                                               \
    }

/* clang-format off */
void lull_canvas_clear_rect(lull_canvas *canvas, double x, double y, double width, double height)
CALL(CALL_CLEAR_RECT, x, y, width, height)
void lull_canvas_fill_rect(lull_canvas *canvas, double x, double y, double width, double height)
CALL(CALL_FILL_RECT, x, y, width, height)
void lull_canvas_stroke_rect(lull_canvas *canvas, double x, double y, double width, double height)
CALL(CALL_STROKE_RECT, x, y, width, height)
void lull_canvas_begin_path(lull_canvas *canvas) { call(canvas, CALL_BEGIN_PATH, NULL, 0); }
void lull_canvas_close_path(lull_canvas *canvas) { call(canvas, CALL_CLOSE_PATH, NULL, 0); }
void lull_canvas_move_to(lull_canvas *canvas, double x, double y) CALL(CALL_MOVE_TO, x, y)
void lull_canvas_line_to(lull_canvas *canvas, double x, double y) CALL(CALL_LINE_TO, x, y)
void lull_canvas_arc(lull_canvas *canvas, double x, double y, double radius, double start, double end)
CALL(CALL_ARC, x, y, radius, start, end)
void lull_canvas_fill(lull_canvas *canvas) { call(canvas, CALL_FILL, NULL, 0); }
void lull_canvas_stroke(lull_canvas *canvas) { call(canvas, CALL_STROKE, NULL, 0); }
void lull_canvas_save(lull_canvas *canvas) { call(canvas, CALL_SAVE, NULL, 0); }
void lull_canvas_restore(lull_canvas *canvas) { call(canvas, CALL_RESTORE, NULL, 0); }
void lull_canvas_translate(lull_canvas *canvas, double x, double y) CALL(CALL_TRANSLATE, x, y)
void lull_canvas_rotate(lull_canvas *canvas, double angle) CALL(CALL_ROTATE, angle)
void lull_canvas_scale(lull_canvas *canvas, double x, double y) CALL(CALL_SCALE, x, y)
void lull_canvas_line_width(lull_canvas *canvas, double width) CALL(CALL_LINE_WIDTH, width)
void lull_canvas_global_alpha(lull_canvas *canvas, double alpha) CALL(CALL_GLOBAL_ALPHA, alpha)
void lull_canvas_fill_style(lull_canvas *canvas, const char *style)
{ call_text(canvas, CALL_FILL_STYLE, NULL, 0, style); }
void lull_canvas_stroke_style(lull_canvas *canvas, const char *style)
{ call_text(canvas, CALL_STROKE_STYLE, NULL, 0, style); }
void lull_canvas_font(lull_canvas *canvas, const char *font) { call_text(canvas, CALL_FONT, NULL, 0, font); }
/* clang-format on */

void lull_canvas_fill_text(lull_canvas *canvas, const char *text, double x, double y)
{
    const double numbers[] = {x, y};
    call_text(canvas, CALL_FILL_TEXT, numbers, 2, text);
}

int lull_canvas_draw(lull_canvas *canvas)
{
    lull_bytes calls = {(uint8_t *)canvas->calls, canvas->count * sizeof *canvas->calls};
    bool failed = canvas->failed;
    canvas->count = 0;
    canvas->failed = false;
    return failed ? LULL_ENOMEM : lull_canvas__calls(canvas->target, calls);
}

void lull_canvas_free(lull_canvas *canvas)
{
    free(canvas->calls);
    *canvas = (lull_canvas){.target = canvas->target};
}
