/*
 * A radix sort of timers: by one byte after another, from the last. Many timers that are due together have most bytes
 * of their deadlines in common, and those are left out. See D136.
 */
#include "base/timer_sort.h"

#include <string.h>

#define VALUES 256 /* of a byte */
#define SEQUENCE_BYTES 4
#define KEY_BYTES 12

/* Numbers that are not negative have the order of their bits. */
static uint64_t deadline_bits(double deadline)
{
    uint64_t bits;
    memcpy(&bits, &deadline, sizeof bits);
    return bits;
}

/* One of the bytes by which entries are sorted, from the last: those of the sequence, and those of the deadline. */
static inline unsigned byte_of(const lull__timer_entry *entry, unsigned index, uint32_t next)
{
    if (index < SEQUENCE_BYTES)
        return (entry->sequence - next) >> index * 8 & 0xFF; /* right also when it has wrapped */
    return deadline_bits(entry->deadline) >> (index - SEQUENCE_BYTES) * 8 & 0xFF;
}

/* Order by one byte; those in which it is the same keep their order. False where it is the same in all. */
static bool distribute(const lull__timer_entry *from, lull__timer_entry *to, uint32_t count, unsigned index,
                       uint32_t next)
{
    uint32_t places[VALUES] = {0}; /* how many have a value; and then, where its next entry goes */
    for (uint32_t i = 0; i < count; i++) places[byte_of(&from[i], index, next)]++;
    if (places[byte_of(from, index, next)] == count) return false;
    uint32_t place = 0;
    for (unsigned value = 0; value < VALUES; value++) {
        uint32_t with_value = places[value];
        places[value] = place;
        place += with_value;
    }
    for (uint32_t i = 0; i < count; i++) to[places[byte_of(&from[i], index, next)]++] = from[i];
    return true;
}

void lull__timers_sort(lull__timer_entry *entries, lull__timer_entry *spare, uint32_t count, uint32_t next)
{
    lull__timer_entry *from = entries;
    lull__timer_entry *to = spare;
    for (unsigned index = 0; index < KEY_BYTES; index++) {
        if (!distribute(from, to, count, index, next)) continue;
        lull__timer_entry *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != entries) memcpy(entries, from, count * sizeof *entries);
}
