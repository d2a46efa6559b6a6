/*
 * Code that computes, and that may suspend at its leaves without ever doing so: the price of the possibility. See
 * switch-cases.js.
 */
#include <lull.h>
#include <stdlib.h>

static volatile int waits; /* never set */

__attribute__((noinline)) static void leaf(void)
{
    if (waits) lull_check(lull_pause(0));
}

/* ---- An interpreter: a loop that adds and counts down, with a call of the leaf ----------------------------------- */

enum { PUSH, ADD, STORE, LOAD, DECREMENT, LEAF, JUMP_IF, HALT };

#define LOOP 8 /* the instructions of a turn of the loop */

static const unsigned char program[] = {LOAD, 0,     LOAD, 1,         ADD, STORE,   0, LEAF, PUSH,
                                        7,    STORE, 2,    DECREMENT, 1,   JUMP_IF, 0, HALT};

__attribute__((noinline)) static int interpret(const unsigned char *code, int turns)
{
    int variables[3] = {0, turns, 0};
    int stack[8];
    int *top = stack;
    int flag = 0;
    for (const unsigned char *next = code;;) {
        switch (*next++) {
        case PUSH:
            *top++ = *next++;
            break;
        case ADD:
            top--, top[-1] = (int)((unsigned)top[-1] + (unsigned)*top);
            break;
        case STORE:
            variables[*next++] = *--top;
            break;
        case LOAD:
            *top++ = variables[*next++];
            break;
        case DECREMENT:
            flag = --variables[*next++];
            break;
        case LEAF:
            leaf();
            break;
        case JUMP_IF:
            next = flag > 0 ? code + *next : next + 1;
            break;
        default:
            return variables[0];
        }
    }
}

LULL_TASK(int, run_interpreter, (int, times))
{
    return interpret(program, times / LOOP);
}

/* ---- A walk of a tree, by recursion ------------------------------------------------------------------------------ */

#define NODES 1023

typedef struct tree {
    struct tree *left, *right;
    int value;
} tree;

static tree *grow(tree **free, int nodes)
{
    if (!nodes) return NULL;
    tree *root = (*free)++;
    root->value = nodes;
    root->left = grow(free, nodes / 2);
    root->right = grow(free, nodes / 2);
    return root;
}

__attribute__((noinline)) static unsigned walk(const tree *root)
{
    if (!root) {
        leaf();
        return 0;
    }
    unsigned left = walk(root->left);
    return left + (unsigned)root->value + walk(root->right);
}

LULL_TASK(double, walk_tree, (int, times))
{
    static tree nodes[NODES];
    tree *free = nodes;
    const tree *root = grow(&free, NODES);
    double sum = 0;
    for (int i = 0; i < times / NODES; i++) sum += walk(root);
    return sum;
}

/* ---- qsort, with a comparator ------------------------------------------------------------------------------------ */

#define ELEMENTS 1000

static int compare(const void *a, const void *b)
{
    const int left = *(const int *)a, right = *(const int *)b;
    leaf();
    return (left > right) - (left < right);
}

LULL_TASK(int, sort, (int, times))
{
    static int elements[ELEMENTS];
    unsigned random = 1;
    for (int i = 0; i < times / ELEMENTS; i++) {
        for (int at = 0; at < ELEMENTS; at++) {
            random = random * 1664525 + 1013904223;
            elements[at] = (int)(random >> 8);
        }
        qsort(elements, ELEMENTS, sizeof *elements, compare);
        for (int at = 1; at < ELEMENTS; at++) {
            if (elements[at - 1] > elements[at]) lull_fail(LULL_EFAILED, "not sorted");
        }
    }
    return elements[0];
}
