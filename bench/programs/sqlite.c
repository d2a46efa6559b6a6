/* SQLite under its own speedtest1, whose virtual file system can wait: sqlite3_sleep() of the system's calls this. */
#include <unistd.h>

#include "pause.h"

int usleep(useconds_t microseconds)
{
    (void)microseconds;
    pause_a_turn();
    return 0;
}

#ifdef __wasi__
__attribute__((weak)) int fchmod(int file, unsigned mode)
{
    (void)file, (void)mode;
    return 0;
}
#endif
