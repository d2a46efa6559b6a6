/*
 * Snake, in plain POSIX: raw keys by termios, the size of the window, signals, and poll() as its clock. It runs in a
 * terminal, and in a page with xterm.js.
 *
 *     lull run snake.c
 *
 * Arrow keys or h, j, k, l turn; p pauses; q or Ctrl-C ends.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 1000, TURN_MS = 120 };

typedef struct place {
    int column, row;
} place;

static place snake[LONGEST]; /* its head first */
static int length;
static place direction;
static place apple;
static int columns, rows; /* of the field, within its border */
static bool is_paused;

static volatile sig_atomic_t is_resized, is_over;
static struct termios before;

static void on_resize(int number)
{
    (void)number;
    is_resized = 1;
}

static void on_end(int number)
{
    (void)number;
    is_over = 1;
}

/* ---- The screen -------------------------------------------------------------------------------------------------- */

static void at(place where, char shown)
{
    printf("\033[%d;%dH%c", where.row + 2, where.column + 2, shown);
}

static void show_status(void)
{
    printf("\033[%d;1H\033[KScore: %d   %dx%d%s", rows + 3, length - 3, columns, rows, is_paused ? "   paused" : "");
}

static void show_all(void)
{
    printf("\033[2J\033[H+");
    for (int i = 0; i < columns; i++) putchar('-');
    putchar('+');
    for (int row = 0; row < rows; row++) printf("\033[%d;1H|\033[%d;%dH|", row + 2, row + 2, columns + 2);
    printf("\033[%d;1H+", rows + 2);
    for (int i = 0; i < columns; i++) putchar('-');
    putchar('+');
    for (int i = 0; i < length; i++) at(snake[i], i ? 'o' : '@');
    at(apple, '*');
    show_status();
}

static void end_screen(void)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    printf("\033[?25h\033[2J\033[HBye! Score: %d\n", length - 3);
}

/* ---- The game ---------------------------------------------------------------------------------------------------- */

static bool is_snake(place where)
{
    for (int i = 0; i < length; i++)
        if (snake[i].column == where.column && snake[i].row == where.row) return true;
    return false;
}

static void new_apple(void)
{
    do {
        apple = (place){rand() % columns, rand() % rows};
    } while (is_snake(apple));
}

/* The field fills the window; a smaller one begins anew. */
static void begin(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    columns = size.ws_col > 12 ? size.ws_col - 2 : 10;
    rows = size.ws_row > 8 ? size.ws_row - 3 : 5;
    length = 3;
    for (int i = 0; i < length; i++) snake[i] = (place){columns / 2 - i, rows / 2};
    direction = (place){1, 0};
    new_apple();
    show_all();
}

static void turn_to(int column, int row)
{
    if (direction.column != -column || direction.row != -row) direction = (place){column, row};
}

static void take_key(char key)
{
    switch (key) {
    case 'h':
    case 'D':
        turn_to(-1, 0);
        break; /* an arrow key sends \033[D */
    case 'l':
    case 'C':
        turn_to(1, 0);
        break;
    case 'k':
    case 'A':
        turn_to(0, -1);
        break;
    case 'j':
    case 'B':
        turn_to(0, 1);
        break;
    case 'p':
        is_paused = !is_paused;
        show_status();
        break;
    case 'q':
        is_over = 1;
        break;
    default:
        break;
    }
}

static void move_snake(void)
{
    place head = {(snake[0].column + direction.column + columns) % columns,
                  (snake[0].row + direction.row + rows) % rows};
    bool eats = head.column == apple.column && head.row == apple.row;
    if (is_snake(head)) {
        is_over = 1;
        return;
    }
    if (eats && length < LONGEST)
        length++;
    else
        at(snake[length - 1], ' ');
    at(snake[0], 'o');
    for (int i = length - 1; i > 0; i--) snake[i] = snake[i - 1];
    snake[0] = head;
    at(head, '@');
    if (!eats) return;
    new_apple();
    at(apple, '*');
    show_status();
}

int main(void)
{
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        perror("snake: stdin is no terminal");
        return 1;
    }
    const struct sigaction resize = {.sa_handler = on_resize}, end = {.sa_handler = on_end};
    sigaction(SIGWINCH, &resize, NULL);
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);

    struct termios keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &keys);
    srand((unsigned)time(NULL));
    printf("\033[?25l");
    begin();
    while (!is_over) {
        fflush(stdout);
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        int ready = poll(&input, 1, TURN_MS);
        char key[8];
        ssize_t count = ready > 0 ? read(STDIN_FILENO, key, sizeof key) : 0;
        if (ready > 0 && count <= 0) break;
        if (count > 0) take_key(key[count - 1]);
        if (is_resized) {
            is_resized = 0;
            begin();
        } else if (ready == 0 && !is_paused) {
            move_snake();
        }
    }
    end_screen();
    return 0;
}
