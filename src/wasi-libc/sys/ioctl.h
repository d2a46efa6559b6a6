/* The C library's header, with the commands of src/posix/terminal.c. The numbers are Linux's. */
#ifndef LULL_WASI_LIBC_SYS_IOCTL_H
#define LULL_WASI_LIBC_SYS_IOCTL_H

#include_next <sys/ioctl.h>

struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};

#define TCGETS 0x5401
#define TCSETS 0x5402
#define TCSETSW 0x5403
#define TCSETSF 0x5404
#define TIOCGPGRP 0x540F
#define TIOCSPGRP 0x5410
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414

#endif
