/*
 * The terminal of descriptors 0 to 2. C keeps the settings; the host has a mode of it, edits lines and echoes as that
 * says, and knows the size. See D116. (POSIX.1-2017, General Terminal Interface.)
 */
#include "posix/stdin.h"

#if defined(__wasm__)

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define CONTROL(letter) ((letter)&0x1f)

/* As a terminal of Linux begins. */
static struct termios settings = {
    .c_iflag = BRKINT | ICRNL | IXON | IUTF8,
    .c_oflag = OPOST | ONLCR,
    .c_cflag = CS8 | CREAD | B38400,
    .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    .c_cc = {[VINTR] = CONTROL('C'),
             [VQUIT] = CONTROL('\\'),
             [VERASE] = 0x7f,
             [VKILL] = CONTROL('U'),
             [VEOF] = CONTROL('D'),
             [VMIN] = 1,
             [VSTART] = CONTROL('Q'),
             [VSTOP] = CONTROL('S'),
             [VSUSP] = CONTROL('Z'),
             [VREPRINT] = CONTROL('R'),
             [VDISCARD] = CONTROL('O'),
             [VWERASE] = CONTROL('W'),
             [VLNEXT] = CONTROL('V')},
};

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

LULL__WEAK int tcgetattr(int fd, struct termios *into)
{
    if (!isatty(fd)) return -1;
    *into = settings;
    return 0;
}

/* A read without lines returns after VTIME where VMIN is 0; else after as many bytes, or VTIME after the last one. */
static void limit_reads(void)
{
    (void)lull__descriptors_use();
    lull__description *input = lull__description_of(STDIN_FILENO);
    if (!input) return;
    bool has_lines = settings.c_lflag & ICANON;
    double seconds = has_lines ? 0 : settings.c_cc[VTIME] / 10.0;
    input->read_least = has_lines ? 0 : settings.c_cc[VMIN];
    input->reads_nothing = !has_lines && settings.c_cc[VMIN] == 0;
    input->read_timeout = input->reads_nothing && seconds <= 0 ? 1e-9 : seconds; /* 0 is none */
}

LULL__WEAK int tcsetattr(int fd, int when, const struct termios *given)
{
    if (!isatty(fd)) return -1;
    if (when != TCSANOW && when != TCSADRAIN && when != TCSAFLUSH) return lull__posix_result(EINVAL);
    const lull__terminal mode = {
        .flags = (given->c_lflag & ICANON ? LULL__TERMINAL_LINES : 0) |
                 (given->c_lflag & ECHO ? LULL__TERMINAL_ECHO : 0) |
                 (given->c_lflag & ISIG ? LULL__TERMINAL_SIGNALS : 0) |
                 (given->c_iflag & ICRNL ? LULL__TERMINAL_RETURNS : 0) |
                 (given->c_oflag & OPOST ? LULL__TERMINAL_OUTPUT : 0) | (when == TCSAFLUSH ? LULL__TERMINAL_FLUSH : 0),
        .interrupt = given->c_cc[VINTR],
        .quit = given->c_cc[VQUIT],
        .suspend = given->c_cc[VSUSP],
        .erase = given->c_cc[VERASE],
        .kill = given->c_cc[VKILL],
        .end = given->c_cc[VEOF],
    };
    int result = lull__host_set_terminal(&mode);
    if (result < 0) return lull__posix_result(-result);
    settings = *given;
    limit_reads();
    return 0;
}

LULL__WEAK void cfmakeraw(struct termios *made)
{
    made->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    made->c_oflag &= ~(tcflag_t)OPOST;
    made->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    made->c_cflag = (made->c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    made->c_cc[VMIN] = 1;
    made->c_cc[VTIME] = 0;
}

LULL__WEAK speed_t cfgetospeed(const struct termios *of)
{
    return of->c_cflag & CBAUD;
}

LULL__WEAK speed_t cfgetispeed(const struct termios *of)
{
    return cfgetospeed(of);
}

LULL__WEAK int cfsetospeed(struct termios *of, speed_t speed)
{
    if (speed & ~(speed_t)CBAUD) return lull__posix_result(EINVAL);
    of->c_cflag = (of->c_cflag & ~(tcflag_t)CBAUD) | speed;
    return 0;
}

LULL__WEAK int cfsetispeed(struct termios *of, speed_t speed)
{
    return speed ? cfsetospeed(of, speed) : 0;
}

int cfsetspeed(struct termios *of, speed_t speed);

LULL__WEAK int cfsetspeed(struct termios *of, speed_t speed)
{
    return cfsetospeed(of, speed);
}

/* ---- The line ---------------------------------------------------------------------------------------------------- */

/* The host has no bytes of C left to write. */
LULL__WEAK int tcdrain(int fd)
{
    return isatty(fd) ? 0 : -1;
}

LULL__WEAK int tcflush(int fd, int queue)
{
    if (!isatty(fd)) return -1;
    if (queue != TCIFLUSH && queue != TCOFLUSH && queue != TCIOFLUSH) return lull__posix_result(EINVAL);
    return queue == TCOFLUSH ? 0 : tcsetattr(fd, TCSAFLUSH, &settings);
}

LULL__WEAK int tcflow(int fd, int action)
{
    if (action < TCOOFF || action > TCION) return lull__posix_result(EINVAL);
    return isatty(fd) ? 0 : -1;
}

LULL__WEAK int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return isatty(fd) ? 0 : -1;
}

LULL__WEAK int tcgetwinsize(int fd, struct winsize *size)
{
    if (!isatty(fd)) return -1;
    int found = lull__host_terminal_size();
    if (found < 0) return lull__posix_result(-found);
    *size = (struct winsize){.ws_row = (unsigned short)(found >> 16), .ws_col = (unsigned short)found};
    return 0;
}

/* The size is the window's. */
LULL__WEAK int tcsetwinsize(int fd, const struct winsize *size)
{
    (void)size;
    return isatty(fd) ? lull__posix_result(EINVAL) : -1;
}

/* ---- Its name, and its processes: there is the program alone ----------------------------------------------------- */

LULL__WEAK int ttyname_r(int fd, char *name, size_t size)
{
    static const char tty[] = "/dev/tty";
    if (!isatty(fd)) return errno;
    if (size < sizeof tty) return ERANGE;
    memcpy(name, tty, sizeof tty);
    return 0;
}

LULL__WEAK char *ttyname(int fd)
{
    static char name[16];
    int error = ttyname_r(fd, name, sizeof name);
    if (error) errno = error;
    return error ? NULL : name;
}

LULL__WEAK char *ctermid(char *name)
{
    static char tty[] = "/dev/tty";
    return name ? memcpy(name, tty, sizeof tty) : tty;
}

LULL__WEAK pid_t tcgetpgrp(int fd)
{
    return isatty(fd) ? getpgrp() : -1;
}

LULL__WEAK int tcsetpgrp(int fd, pid_t group)
{
    if (!isatty(fd)) return -1;
    return group == getpgrp() ? 0 : lull__posix_result(EPERM);
}

LULL__WEAK pid_t tcgetsid(int fd)
{
    return tcgetpgrp(fd);
}

/* ---- ioctl ------------------------------------------------------------------------------------------------------- */

static int set_nonblocking(int fd, bool is_nonblocking)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(fd, F_SETFL, is_nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

#define MOST_COUNTED 65536

/* The bytes of a pipe or a socket that can be read, at most so many, or those of its next message. */
static int count_arrived(int fd, int *count)
{
    static const lull__lot_kind counting = {.name = "ioctl"};
    uint8_t *bytes = (uint8_t *)malloc(MOST_COUNTED);
    if (!bytes) return -1;
    const __wasi_iovec_t vector = {bytes, MOST_COUNTED};
    size_t whole = 0, done;
    const lull__memory memory = {.vectors = &vector, .count = 1, .how = LULL__PEEK | LULL__DONT_WAIT, .whole = &whole};
    int error = lull__number_read(fd, &memory, &counting, &done);
    free(bytes);
    *count = (int)(whole > done ? whole : done);
    return lull__posix_result(error == EAGAIN ? 0 : error);
}

/*
 * The bytes to the end of a file, or those that have arrived; where a look would take them, 1 if a read does not wait.
 */
static int count_readable(int fd, int *count)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) return -1;
    off_t position = S_ISREG(stat.st_mode) ? lseek(fd, 0, SEEK_CUR) : 0;
    if (position < 0) return -1;
    (void)lull__descriptors_use();
    const lull__description *description = lull__description_of(fd);
    unsigned state = lull__description_state(description);
    bool has_bytes = description->kind->type == __WASI_FILETYPE_SOCKET_STREAM ||
                     description->kind->type == __WASI_FILETYPE_SOCKET_DGRAM;
    bool has_error = description->kind->socket && (state & LULL__BROKEN); /* which the next read gives */
    if (has_bytes && description->reads && !has_error) return count_arrived(fd, count);
    *count = S_ISREG(stat.st_mode) ? (int)(stat.st_size - position) : (int)(state & LULL__READABLE);
    return 0;
}

static int control_terminal(int fd, int command, void *argument)
{
    switch (command) {
    case TCGETS:
        return tcgetattr(fd, (struct termios *)argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return tcsetattr(fd, command - TCSETS, (const struct termios *)argument);
    case TIOCGWINSZ:
        return tcgetwinsize(fd, (struct winsize *)argument);
    case TIOCSWINSZ:
        return tcsetwinsize(fd, (const struct winsize *)argument);
    case TIOCGPGRP:
        *(pid_t *)argument = tcgetpgrp(fd);
        return *(pid_t *)argument < 0 ? -1 : 0;
    case TIOCSPGRP:
        return tcsetpgrp(fd, *(const pid_t *)argument);
    default:
        return lull__posix_result(fcntl(fd, F_GETFD) < 0 ? EBADF : ENOTTY);
    }
}

LULL__WEAK int ioctl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (command == FIONBIO) return set_nonblocking(fd, *(const int *)argument);
    if (command == FIONREAD) return count_readable(fd, (int *)argument);
    return control_terminal(fd, command, argument);
}

#endif
