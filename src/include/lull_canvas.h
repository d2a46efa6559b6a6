/*
 * Drawing on a canvas of a page. The calls are collected in C, and cross to JavaScript together when lull_canvas_draw
 * is called: once for each frame, say. JavaScript gives the functions: `canvas()` of lull/host/web.
 *
 *     lull_canvas canvas = {"#chart"};
 *     lull_canvas_clear_rect(&canvas, 0, 0, 320, 200);
 *     lull_canvas_fill_style(&canvas, "tomato");
 *     lull_canvas_fill_rect(&canvas, 10, 10, 80, height);
 *     lull_check(lull_canvas_draw(&canvas));
 *     lull_canvas_free(&canvas);
 *
 * Each function is the method or property of the browser's CanvasRenderingContext2D whose name it has. None suspends.
 * Where there is no memory for a call, lull_canvas_draw says LULL_ENOMEM, and draws nothing.
 */
#ifndef LULL_CANVAS_H
#define LULL_CANVAS_H

#include "lull.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A canvas: the first element that fits a CSS selector. The selector stays the caller's. */
typedef struct lull_canvas {
    const char *target;
    double *calls; /* this and the following are the runtime's: zero at first */
    size_t count;
    size_t capacity;
    bool failed;
} lull_canvas;

/* The calls: number, name, and how many numbers each has. In web/hostlib/canvas.js, they are in this order. */
void lull_canvas_clear_rect(lull_canvas *canvas, double x, double y, double width, double height);
void lull_canvas_fill_rect(lull_canvas *canvas, double x, double y, double width, double height);
void lull_canvas_stroke_rect(lull_canvas *canvas, double x, double y, double width, double height);
void lull_canvas_begin_path(lull_canvas *canvas);
void lull_canvas_close_path(lull_canvas *canvas);
void lull_canvas_move_to(lull_canvas *canvas, double x, double y);
void lull_canvas_line_to(lull_canvas *canvas, double x, double y);
void lull_canvas_arc(lull_canvas *canvas, double x, double y, double radius, double start, double end);
void lull_canvas_fill(lull_canvas *canvas);
void lull_canvas_stroke(lull_canvas *canvas);
void lull_canvas_save(lull_canvas *canvas);
void lull_canvas_restore(lull_canvas *canvas);
void lull_canvas_translate(lull_canvas *canvas, double x, double y);
void lull_canvas_rotate(lull_canvas *canvas, double angle);
void lull_canvas_scale(lull_canvas *canvas, double x, double y);
void lull_canvas_line_width(lull_canvas *canvas, double width);
void lull_canvas_global_alpha(lull_canvas *canvas, double alpha);
void lull_canvas_fill_style(lull_canvas *canvas, const char *style);
void lull_canvas_stroke_style(lull_canvas *canvas, const char *style);
void lull_canvas_font(lull_canvas *canvas, const char *font);
void lull_canvas_fill_text(lull_canvas *canvas, const char *text, double x, double y);

/* JavaScript's part of lull_canvas_draw and lull_canvas_pixels, which alone call these. */
LULL_HOST(void, lull_canvas__calls, (const char *, target), (lull_bytes, calls))
LULL_HOST(void, lull_canvas__pixels, (const char *, target), (lull_bytes, pixels), (int, width))

/*
 * Make the calls collected since the last time. Returns 0; LULL_ENOMEM; LULL_EFAILED where the page has no
 * such canvas.
 */
LULL_NODISCARD int lull_canvas_draw(lull_canvas *canvas);

/*
 * Put an image at the upper left corner, at once: rows of pixels from the top, of which each is 4 bytes: red, green,
 * blue, alpha. `width` is that of the image. Returns as lull_canvas_draw.
 */
static inline LULL_NODISCARD int lull_canvas_pixels(const lull_canvas *canvas, lull_bytes pixels, int width)
{
    return lull_canvas__pixels(canvas->target, pixels, width);
}

/* Free what was collected. The canvas can be used again. */
void lull_canvas_free(lull_canvas *canvas);

#ifdef __cplusplus
}
#endif

#endif
