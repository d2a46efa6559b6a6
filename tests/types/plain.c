#include <lull.h>

LULL_TASK(int, one)
{
    return 1;
}
