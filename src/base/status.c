/* Statuses: their names and texts. */
#include "lull.h"

const char *lull_err_name(int status)
{
#define CASE(name, number, text)                                                                                       \
    case number:                                                                                                       \
        return "LULL_" #name;
    switch (status) {
        LULL_STATUS_MAP(CASE)
    case 0:
        return "LULL_OK";
    default:
        return "LULL_E?";
    }
#undef CASE
}

const char *lull_strerror(int status)
{
#define CASE(name, number, text)                                                                                       \
    case number:                                                                                                       \
        return text;
    switch (status) {
        LULL_STATUS_MAP(CASE)
    case 0:
        return "success";
    default:
        return "unknown status";
    }
#undef CASE
}
