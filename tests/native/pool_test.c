/* Pools: blocks of one size, and the order in which they are taken. */
#include "test.h"

#define MANY 1000

TEST(what_was_given_back_last_is_taken_first)
{
    lull__pool pool = {.size = 32};
    void *kept = lull__pool_take(&pool);
    void *first = lull__pool_take(&pool);
    void *second = lull__pool_take(&pool);
    CHECK(kept && first && second);
    lull__pool_give(&pool, second);
    lull__pool_give(&pool, first);
    CHECK(lull__pool_take(&pool) == first);
    CHECK(lull__pool_take(&pool) == second);
    lull__pools_dispose();
}

TEST(blocks_that_all_were_given_back_are_taken_in_the_same_order_again)
{
    static void *blocks[MANY];
    lull__pool pool = {.size = 32};
    for (int i = 0; i < MANY; i++) CHECK((blocks[i] = lull__pool_take(&pool)));
    size_t allocations = lull__live_allocations;
    for (int i = 0; i < MANY; i++) lull__pool_give(&pool, blocks[i * 7 % MANY]); /* in some other order */
    int neighbours = 0;
    char *before = NULL;
    for (int i = 0; i < MANY; i++) {
        char *block = lull__pool_take(&pool);
        if (before && block - before == 32) neighbours++;
        before = block;
    }
    CHECK(neighbours >= MANY * 9 / 10); /* slabs are apart */
    CHECK_INT(lull__live_allocations, allocations);
    lull__pools_dispose();
}

/* After a burst, a single task at a time takes and gives back the first block over and over. */
TEST(a_take_after_all_blocks_were_given_back_touches_one_of_them)
{
    static char *blocks[MANY];
    lull__pool pool = {.size = 32};
    for (int i = 0; i < MANY; i++) CHECK((blocks[i] = lull__pool_take(&pool)));
    for (int i = 0; i < MANY; i++) lull__pool_give(&pool, blocks[i]);
    for (int i = 0; i < MANY; i++) memset(blocks[i], 0xAB, 32);
    lull__pool_give(&pool, lull__pool_take(&pool));
    int touched = 0;
    for (int i = 0; i < MANY; i++) {
        bool same = true;
        for (int at = 0; at < 32; at++) same = same && (unsigned char)blocks[i][at] == 0xAB;
        touched += !same;
    }
    CHECK(touched <= 1);
    lull__pools_dispose();
}

TEST(where_there_is_no_memory_a_pool_has_no_block_until_there_is_some)
{
    lull__pool pool = {.size = 32};
    void *first = lull__pool_take(&pool);
    lull__allocations_left = 0;
    CHECK(!lull__pool_take(&pool));
    lull__allocations_left = -1;
    CHECK(lull__pool_take(&pool));
    lull__pool_give(&pool, first);
    lull__pools_dispose();
}

/* Engines take long to grow memory, and some the longer the more there is. */
TEST(many_blocks_come_in_few_slabs)
{
    lull__pool pool = {.size = 32};
    size_t before = lull__live_allocations;
    for (int i = 0; i < 200 * MANY; i++) CHECK(lull__pool_take(&pool) != NULL);
    CHECK(lull__live_allocations - before < 100); /* by 256 blocks, it would be 790 */
    lull__pools_dispose();
}
