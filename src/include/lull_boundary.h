/*
 * The boundary to JavaScript: which tasks JavaScript may call, and which functions C needs of it. Included by lull.h.
 *
 *     LULL_HOST(char *, fetch_text, (const char *, url))
 *     LULL_TASK(int, count_words, (const char *, url), (double, timeout)) { … }
 *
 * LULL_TASK(ret, name, (type, argument)…) defines a C function and lets JavaScript run it as a task: app.call.name(…).
 *
 * LULL_HOST(ret, name, (type, argument)…) declares `int name(type argument…, ret *result)` (no result for void), which
 * calls the JavaScript function of that name and suspends until its promise settles. Returns 0; LULL_EFAILED where the
 * function threw or the promise was rejected, or LULL_ETIMEDOUT if with a TimeoutError, or the code of a LullError
 * (lull_last_error has the error, and lull_check passes the very JavaScript error on); else as lull_await. On failure
 * *result is untouched.
 *
 * For several calls of one task in flight, it also declares
 *     lull_future name_start(type argument…)          calls the function, and does not wait
 *     int name_finish(lull_future call, ret *result)  waits for that call, takes its result, and frees the future
 * A task can await the future, alone (lull_await) or among others (lull_await_all, lull_race, lull_select), as often as
 * it likes: the result stays the future's until name_finish. name_finish fails as name does; then, as after a
 * lull_future_free, and at the end of the task that started it, the call is abandoned where it is not over: its
 * AbortSignal aborts. name_start returns LULL_ENOMEM, or LULL_ENOSUSPEND outside of a task; name_finish also LULL_ESRCH
 * for a future that has been freed, and LULL_EINVAL for one that is no host call.
 *
 * LULL_GENERATOR(type, name, (type, argument)…) { … lull_emit(element); … } defines a generator (lull_generator.h):
 * app.stream(name, …) of JavaScript runs it, for `for await`; and in C, name(…) starts it, and returns its handle or a
 * failure. Arguments that are pointers stay the caller's there until the generator is freed.
 *
 * LULL_TASK_SHARED and LULL_GENERATOR_SHARED are the same on the stack that tasks share (LULL_STACK_SHARED): for many
 * of them that mostly wait. One that JavaScript spawns with a stackSize has a stack of its own all the same.
 *
 * Types: bool, char, the integers up to 64 bits, float, double, const char * (text, UTF-8), char * (the same,
 * to be written to), lull_bytes, lull_ref, LULL_CHAN(type); and void as a result. Up to eight arguments.
 *
 * LULL_CHAN(type), a word of these macros alone, is a lull_chan (lull_channel.h) of elements of that type, which
 * JavaScript has as a Channel: bool, the integers, float, double, char * (text), lull_bytes or lull_ref. Each element
 * passes to whoever receives it, as a task's result; one that nobody receives is freed with the channel.
 *
 * Ownership, of memory and of references:
 *     an argument of a task       the runtime's, until the task ends
 *     an argument of a host call  the caller's; JavaScript has a copy when the call suspends
 *     a task's char * or lull_bytes result, and a host call's
 *                                 whoever receives it frees it: JavaScript does so by itself, C with free()
 *     an element of a generator   as a task's result
 *     a task's const char * result
 *                                 nobody's: it must be static
 *     a host call's const char * result
 *                                 whoever receives it, as if it were a char *
 *     a lull_ref result           passes to whoever receives it: C releases it with lull_ref_release
 *     a LULL_CHAN(type) result    likewise a reference to the channel: C releases it with lull_chan_release
 *
 * How it is recorded: the name of the wasm export or import is the C declaration, as text. So the signatures can be
 * read from the module alone, and cost it nothing.
 */
#ifndef LULL_BOUNDARY_H
#define LULL_BOUNDARY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes: a Uint8Array in JavaScript, which gets and gives a copy. */
typedef struct lull_bytes {
    uint8_t *data;
    size_t length;
} lull_bytes;

/* A reference to any JavaScript value. 0 is undefined. */
typedef int32_t lull_ref;

/* One more reference to the same value, to be released on its own; 0 for 0. */
lull_ref lull_ref_retain(lull_ref ref);
/* Give a reference back. 0 is allowed. */
void lull_ref_release(lull_ref ref);

/* ---- What the macros are made of ----------------------------------------------------------------------------- */

/* JavaScript's name of a task or a host call: an index of a table of its own, not a reference. 0: none. */
typedef int32_t lull__ticket;

/* These functions are called by the code below only. */
double lull__spawn_exported(lull__ticket ticket, lull_function entry, const void *arguments, size_t size,
                            const char *name, const lull_stack *stack);
double lull__stream_exported(lull__ticket ticket, lull_function entry, const void *arguments, size_t size,
                             const char *name, const lull_stack *stack, size_t element_size);
lull_generator lull__generate_packed(lull_function entry, const void *arguments, size_t size, const char *name,
                                     const lull_stack *stack, size_t element_size);
int lull__host_call_begin(const char *name);
int lull__host_call_end(lull__ticket answer, void *result, size_t size);
lull_future lull__host_call_start(const char *name);
lull_future lull__host_call_started(lull_future call, lull__ticket answer);
lull__ticket lull__host_call_take(lull_future call);

/* An argument that a task owns, for lull.hpp: destroyed at the task's end. It begins with this. */
typedef struct lull__object {
    lull__watch watch; /* first */
    void (*destroy)(void *object);
} lull__object;

/* lull_spawn_with, of a task that owns this. Where it fails, it stays the caller's. */
lull_task lull__spawn_owning(const lull_spawn_options *options, lull__object *object);

/* A reference to a channel that a task has as an argument: given back at its end. */
typedef struct lull__held {
    lull__watch watch; /* first */
    lull_chan channel;
} lull__held;

/* Take that reference, for a task that was spawned: the struct is at this offset of its arguments. */
void lull__channel_hold(double task, lull_chan channel, size_t offset);
/* A host call has come to this, and maybe to a channel: a reference of its caller's. Returns the status. */
int lull__channel_received(int status, const lull_chan *channel);

/*
 * What JavaScript calls in programs with host calls, generators or channels only: linked where something refers to
 * these tables, and then exported by toolchain/instrument.js.
 */
typedef void (*lull__export)(void);
extern const lull__export lull__host_call_exports[];
extern const lull__export lull__generator_exports[];
extern const lull__export lull__channel_exports[];
#define LULL__REFER(table) __asm__ volatile("" : : "r"(table));

#ifdef __cplusplus
}
#endif

/* The name in the module. For another target there is no module: an editor or an analyser reads the program. */
#ifdef __wasm__
#define LULL__EXPORTED(name) __attribute__((export_name(name)))
#define LULL__IMPORTED(name) __attribute__((import_module(LULL__HOST_MODULE), import_name(name)))
#else
#define LULL__EXPORTED(name)
#define LULL__IMPORTED(name)
#endif

/* Words that C and C++ write in two ways: initializers of zeros, static assertions, comparisons of types. */
#ifdef __cplusplus
#define LULL__ZEROS                                                                                                    \
    {                                                                                                                  \
    }
#define LULL__ASSERT static_assert
#define LULL__SAME(type, row) __is_same(type, row)
#else
#define LULL__ZEROS                                                                                                    \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define LULL__ASSERT _Static_assert
#define LULL__SAME(type, row) _Generic((type *)0, row * : 1, default : 0)
#endif

#define LULL__CAT(a, b) LULL__CAT_(a, b)
#define LULL__CAT_(a, b) a##b

/* The number of arguments, 1 to 9: a name and up to eight pairs. MANY if there are more. */
#define LULL__COUNT(...)                                                                                               \
    LULL__COUNT_(__VA_ARGS__, MANY, MANY, MANY, MANY, MANY, MANY, MANY, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define LULL__COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, n, ...) n

/* A(M, item) SEP A(M, item) … for each argument after the name. */
#define LULL__ITEMS(A, M, SEP, ...) LULL__CAT(LULL__ITEMS_, LULL__COUNT(__VA_ARGS__))(A, M, SEP, __VA_ARGS__)
#define LULL__ITEMS_1(A, M, SEP, n)
#define LULL__ITEMS_2(A, M, SEP, n, a) A(M, a)
#define LULL__ITEMS_3(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_2(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_4(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_3(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_5(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_4(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_6(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_5(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_7(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_6(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_8(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_7(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_9(A, M, SEP, n, a, ...) A(M, a) SEP() LULL__ITEMS_8(A, M, SEP, n, __VA_ARGS__)
#define LULL__ITEMS_MANY(A, M, SEP, ...) A##_MANY(M)

/* M pair SEP M pair … for each pair after the name. */
#define LULL__EACH(M, SEP, ...) LULL__ITEMS(LULL__APPLY, M, SEP, __VA_ARGS__)
#define LULL__APPLY(M, pair) M pair

/* M(…) with its arguments expanded, so that it can paste them. */
#define LULL__EXPAND(M, ...) M(__VA_ARGS__)

#define LULL__COMMA() ,
#define LULL__COMMA_TEXT() ", "
#define LULL__NOTHING()

#define LULL__FIRST(...) LULL__FIRST_(__VA_ARGS__, ~)
#define LULL__FIRST_(first, ...) first

/* LULL__IF_CHAN(type, a, b): a where the type is LULL_CHAN(…), else b. */
#define LULL__IF_CHAN(type, a, b) LULL__THIRD(LULL__IS_CHAN_##type, a, b)
#define LULL__IS_CHAN_LULL_CHAN(element) ~, ~
#define LULL__ELEMENT_LULL_CHAN(element) element
#define LULL__C_TYPE(type) LULL__IF_CHAN(type, lull_chan, type)

#define LULL__PARAMETER(type, name) LULL__C_TYPE(type) name
#define LULL__PARAMETER_AND(type, name) LULL__C_TYPE(type) name,
#define LULL__AND_PARAMETER(type, name) , LULL__C_TYPE(type) name
#define LULL__AND_ARGUMENT(type, name) , name
#define LULL__TEXT(type, name) #type " " #name
#define LULL__MEMBER(type, name)                                                                                       \
    LULL__C_TYPE(type) name;                                                                                           \
    LULL__IF_CHAN(type, LULL__MEMBER_HELD, LULL__NO_MEMBER)(name)
#define LULL__MEMBER_HELD(name) lull__held name##__held;
#define LULL__NO_MEMBER(name)
#define LULL__ASSIGN(type, name) lull__arguments.name = name;
#define LULL__UNPACK(type, name) lull__arguments->name
#define LULL__UNPACK_AND(type, name) lull__arguments->name,
#define LULL__REFER_TYPE(type, name) LULL__IF_CHAN(type, LULL__REFER, LULL__NO_MEMBER)(lull__channel_exports)
#define LULL__HOLD(type, name) LULL__IF_CHAN(type, LULL__HOLD_CHAN, LULL__NO_MEMBER)(name)
#define LULL__HOLD_CHAN(name)                                                                                          \
    lull__channel_hold(lull__task, name, offsetof(__typeof__(lull__arguments), name##__held));                         \
    LULL__REFER(lull__channel_exports)
#define LULL__CHECK_TYPE(type, name) LULL__CHECK_ARGUMENT(type)

/* clang-format off */ /* it takes what these expand to for something else */

/* A type that cannot cross is a compile-time error. */
#define LULL__CHECK_RESULT(type) LULL__IF_CHAN(type, LULL__CHECK_CHAN, LULL__CHECK_VALUE)(type, LULL__IS_RESULT)
#define LULL__CHECK_ARGUMENT(type) LULL__IF_CHAN(type, LULL__CHECK_CHAN, LULL__CHECK_VALUE)(type, LULL__IS_ARGUMENT)
#define LULL__CHECK_VALUE(type, is)                                                                                    \
    LULL__ASSERT(0 LULL__TYPE_MAP(is, type),                                                                           \
                   "lull: the type '" #type "' cannot cross to JavaScript. lull_boundary.h lists those that can; a "   \
                   "struct crosses as its members, or as lull_bytes");

/* Whether `type` is the one of this row, and may be that. */
#define LULL__IS_RESULT(type, row, codec, names, size, typescript, argument, result, element)                          \
    || (result && LULL__SAME(type, row))
#define LULL__IS_ARGUMENT(type, row, codec, names, size, typescript, argument, result, element)                        \
    || (argument && LULL__SAME(type, row))
#define LULL__IS_ELEMENT(type, row, codec, names, size, typescript, argument, result, element)                         \
    || (element && LULL__SAME(type, row))

#define LULL__CHECK_CHAN(type, is) LULL__CHECK_ELEMENT(LULL__ELEMENT_##type)
#define LULL__CHECK_ELEMENT(type) LULL__CHECK_ELEMENT_(type)
#define LULL__CHECK_ELEMENT_(type)                                                                                     \
    LULL__ASSERT(0 LULL__TYPE_MAP(LULL__IS_ELEMENT, type),                                                             \
                   "lull: a channel that JavaScript has cannot have elements of type '" #type                          \
                   "'; of text, it is a LULL_CHAN(char *)");

/*
 * LULL__CHECKED(good, bad, name, pairs…): good if the name is followed by up to eight pairs, else bad, which gives one
 * message for each mistake.
 */
#define LULL__CHECKED(good, bad, ...)                                                                                  \
    LULL__FIRST(LULL__IF_PARENTHESES(LULL__FIRST(__VA_ARGS__), LULL__THIS_AND, LULL__NO_MEMBER)(bad)                   \
                LULL__ITEMS(LULL__UNLESS_PAIR, bad, LULL__NOTHING, __VA_ARGS__) good)
#define LULL__UNLESS_PAIR(bad, item) LULL__IF_PAIR(item, LULL__NO_MEMBER, LULL__THIS_AND)(bad)
#define LULL__UNLESS_PAIR_MANY(bad) bad,
#define LULL__THIS_AND(bad) bad,

/* LULL__IF_PAIR(item, a, b): a where the item is two things in parentheses, else b. */
#define LULL__IF_PAIR(item, a, b) LULL__IF_PARENTHESES(item, LULL__IF_TWO, LULL__IF_NO_PAIR)(item, a, b)
#define LULL__IF_PARENTHESES(item, a, b) LULL__THIRD(LULL__PROBE item, a, b)
#define LULL__PROBE(...) ~, ~
#define LULL__IF_NO_PAIR(item, a, b) b
#define LULL__IF_TWO(item, a, b) LULL__IF_COUNT_2(LULL__COUNT item, a, b)
#define LULL__IF_COUNT_2(count, a, b) LULL__IF_COUNT_2_(count, a, b)
#define LULL__IF_COUNT_2_(count, a, b) LULL__PICK(LULL__TWO_##count, a, b)
#define LULL__TWO_2 ~, ~
#define LULL__PICK(...) LULL__THIRD_(__VA_ARGS__, ~)

#define LULL__REFUSE(name, item) LULL__IF_PAIR(item, LULL__NO_REFUSAL, LULL__REFUSAL)(name, item)
#define LULL__NO_REFUSAL(name, item)
#define LULL__REFUSAL(name, item)                                                                                      \
    LULL__ASSERT(0, "lull: " #name ": '" #item "' is not '(type, argument)'. Each argument has its own parentheses "   \
                    "and a comma; where there are none, nothing follows the name");
#define LULL__REFUSE_MANY(name) LULL__ASSERT(0, "lull: " #name " has more than eight arguments: give it lull_bytes");
#define LULL__REFUSE_NAME(name, item)                                                                                  \
    LULL__ASSERT(0, "lull: '" #name "' is no name, which follows the type of the result: (type, name, ...)");
#define LULL__REFUSED_HOST(ret, name, ...)                                                                             \
    LULL__IF_PARENTHESES(name, LULL__REFUSE_NAME, LULL__NO_REFUSAL)(name, ~)                                           \
    LULL__ITEMS(LULL__REFUSE, name, LULL__NOTHING, __VA_ARGS__)
#define LULL__REFUSED(stack, ret, name, ...)                                                                           \
    LULL__REFUSED_HOST(ret, name, __VA_ARGS__)                                                                         \
    LULL__C_TYPE(ret) name(void)

/*
 * LULL__IF_VOID(ret, a, b): a where ret is void, else b. LULL__IF_NONE(name, pairs…)(a, b): a where there are no pairs.
 */
#define LULL__THIRD(...) LULL__THIRD_(__VA_ARGS__, ~)
#define LULL__THIRD_(a, b, c, ...) c
#define LULL__IF_VOID(ret, a, b) LULL__THIRD(LULL__IS_##ret, a, b)
#define LULL__IS_void ~, ~
#define LULL__IF_NONE(count, a, b) LULL__THIRD(LULL__CAT(LULL__NONE_, count), a, b)
#define LULL__NONE_1 ~, ~

#define LULL__VOID(...) void
#define LULL__PARAMETERS(...) LULL__EACH(LULL__PARAMETER, LULL__COMMA, __VA_ARGS__)
#define LULL__PARAMETERS_OR_VOID(...) LULL__IF_NONE(LULL__COUNT(__VA_ARGS__), LULL__VOID, LULL__PARAMETERS)(__VA_ARGS__)

/* The C declaration as text: what the export or the import is called. */
#define LULL__DECLARATION(ret, name, ...) #ret " " #name "(" LULL__EACH(LULL__TEXT, LULL__COMMA_TEXT, __VA_ARGS__) ")"

/* The call of a task's function, with its result as a lull_value. */
#define LULL__CALL_VOID(ret, call) call
#define LULL__CALL_VALUE(ret, call)                                                                                    \
    LULL__C_TYPE(ret) lull__result = call;                                                                             \
    memcpy(&lull__value, &lull__result, sizeof lull__result)

#define LULL__CHECK_RESULT_VOID(ret)
#define LULL__CHECK_RESULT_VALUE(ret) LULL__CHECK_RESULT(ret)

/*
 * Three functions: the task's own, which C may call as any other; its entry, which unpacks the arguments on the task's
 * stack; and the export, which packs them and spawns.
 */
#define LULL_TASK(ret, ...) LULL__EXPAND(LULL__TASK, ret, LULL__FIRST(__VA_ARGS__), __VA_ARGS__)
#define LULL_TASK_SHARED(ret, ...) LULL__EXPAND(LULL__TASK_SHARED, ret, LULL__FIRST(__VA_ARGS__), __VA_ARGS__)
#define LULL__TASK(ret, name, ...) LULL__TASK_ON(NULL, ret, name, __VA_ARGS__)
#define LULL__TASK_SHARED(ret, name, ...) LULL__TASK_ON(LULL_STACK_SHARED, ret, name, __VA_ARGS__)
#define LULL__TASK_ON(stack, ret, name, ...)                                                                           \
    LULL__CHECKED(LULL__TASK_OF, LULL__REFUSED, __VA_ARGS__)(stack, ret, name, __VA_ARGS__)
#define LULL__TASK_OF(stack, ret, name, ...)                                                                           \
    LULL__IF_VOID(ret, LULL__CHECK_RESULT_VOID, LULL__CHECK_RESULT_VALUE)                                              \
    (ret) LULL__EACH(LULL__CHECK_TYPE, LULL__NOTHING, __VA_ARGS__)                                                     \
        LULL__C_TYPE(ret) name(LULL__PARAMETERS_OR_VOID(__VA_ARGS__));                                                 \
    struct name##__arguments {                                                                                         \
        char lull__none;                                                                                               \
        LULL__EACH(LULL__MEMBER, LULL__NOTHING, __VA_ARGS__)                                                           \
    };                                                                                                                 \
    static lull_value name##__entry(void *lull__pointer)                                                               \
    {                                                                                                                  \
        const struct name##__arguments *lull__arguments = (const struct name##__arguments *)lull__pointer;             \
        lull_value lull__value = 0;                                                                                    \
        (void)lull__arguments;                                                                                         \
        LULL__IF_VOID(ret, LULL__CALL_VOID, LULL__CALL_VALUE)                                                          \
        (ret, name(LULL__EACH(LULL__UNPACK, LULL__COMMA, __VA_ARGS__)));                                               \
        return lull__value;                                                                                            \
    }                                                                                                                  \
    double name##__spawn(lull__ticket lull__number LULL__EACH(LULL__AND_PARAMETER, LULL__NOTHING, __VA_ARGS__));       \
    LULL__EXPORTED(LULL__TASK_PREFIX LULL__DECLARATION(ret, name, __VA_ARGS__)) double name##__spawn(                  \
        lull__ticket lull__number LULL__EACH(LULL__AND_PARAMETER, LULL__NOTHING, __VA_ARGS__))                         \
    {                                                                                                                  \
        struct name##__arguments lull__arguments = LULL__ZEROS;                                                        \
        LULL__EACH(LULL__ASSIGN, LULL__NOTHING, __VA_ARGS__)                                                           \
        double lull__task = lull__spawn_exported(lull__number, name##__entry, &lull__arguments,                        \
                                                 sizeof lull__arguments, #name, stack);                                \
        LULL__EACH(LULL__HOLD, LULL__NOTHING, __VA_ARGS__)                                                             \
        LULL__REFER_TYPE(ret, name)                                                                                    \
        return lull__task;                                                                                             \
    }                                                                                                                  \
    LULL__C_TYPE(ret) name(LULL__PARAMETERS_OR_VOID(__VA_ARGS__))

/*
 * The same for a generator: what JavaScript runs; what starts one in C; and the body, to which lull_emit gives
 * elements.
 */
#define LULL_GENERATOR(type, ...) LULL__EXPAND(LULL__GENERATOR, type, LULL__FIRST(__VA_ARGS__), __VA_ARGS__)
#define LULL_GENERATOR_SHARED(type, ...)                                                                               \
    LULL__EXPAND(LULL__GENERATOR_SHARED, type, LULL__FIRST(__VA_ARGS__), __VA_ARGS__)
#define LULL__GENERATOR(type, name, ...) LULL__GENERATOR_ON(NULL, type, name, __VA_ARGS__)
#define LULL__GENERATOR_SHARED(type, name, ...) LULL__GENERATOR_ON(LULL_STACK_SHARED, type, name, __VA_ARGS__)
#define LULL__GENERATOR_ON(stack, type, name, ...)                                                                     \
    LULL__CHECKED(LULL__GENERATOR_OF, LULL__REFUSED, __VA_ARGS__)(stack, type, name, __VA_ARGS__)
#define LULL__GENERATOR_OF(stack, type, name, ...)                                                                     \
    LULL__CHECK_RESULT(type)                                                                                           \
    LULL__EACH(LULL__CHECK_TYPE, LULL__NOTHING, __VA_ARGS__)                                                           \
    static void name##__body(LULL__EACH(LULL__PARAMETER_AND, LULL__NOTHING, __VA_ARGS__)                               \
                                   LULL__C_TYPE(type) *lull__out);                                                     \
    struct name##__arguments {                                                                                         \
        char lull__none;                                                                                               \
        LULL__EACH(LULL__MEMBER, LULL__NOTHING, __VA_ARGS__)                                                           \
    };                                                                                                                 \
    static lull_value name##__entry(void *lull__pointer)                                                               \
    {                                                                                                                  \
        const struct name##__arguments *lull__arguments = (const struct name##__arguments *)lull__pointer;             \
        LULL__C_TYPE(type) lull__element;                                                                              \
        (void)lull__arguments;                                                                                         \
        name##__body(LULL__EACH(LULL__UNPACK_AND, LULL__NOTHING, __VA_ARGS__) &lull__element);                         \
        return 0;                                                                                                      \
    }                                                                                                                  \
    double name##__spawn(lull__ticket lull__number LULL__EACH(LULL__AND_PARAMETER, LULL__NOTHING, __VA_ARGS__));       \
    LULL__EXPORTED(LULL__GENERATOR_PREFIX LULL__DECLARATION(type, name, __VA_ARGS__)) double name##__spawn(            \
        lull__ticket lull__number LULL__EACH(LULL__AND_PARAMETER, LULL__NOTHING, __VA_ARGS__))                         \
    {                                                                                                                  \
        struct name##__arguments lull__arguments = LULL__ZEROS;                                                        \
        LULL__EACH(LULL__ASSIGN, LULL__NOTHING, __VA_ARGS__)                                                           \
        double lull__task = lull__stream_exported(lull__number, name##__entry, &lull__arguments,                       \
                                                  sizeof lull__arguments, #name, stack, sizeof(LULL__C_TYPE(type)));   \
        LULL__EACH(LULL__HOLD, LULL__NOTHING, __VA_ARGS__)                                                             \
        LULL__REFER_TYPE(type, name)                                                                                   \
        LULL__REFER(lull__generator_exports)                                                                           \
        return lull__task;                                                                                             \
    }                                                                                                                  \
    lull_generator name(LULL__PARAMETERS_OR_VOID(__VA_ARGS__));                                                        \
    lull_generator name(LULL__PARAMETERS_OR_VOID(__VA_ARGS__))                                                         \
    {                                                                                                                  \
        struct name##__arguments lull__arguments = LULL__ZEROS;                                                        \
        LULL__EACH(LULL__ASSIGN, LULL__NOTHING, __VA_ARGS__)                                                           \
        return lull__generate_packed(name##__entry, &lull__arguments, sizeof lull__arguments, #name, stack,            \
                                     sizeof(LULL__C_TYPE(type)));                                                      \
    }                                                                                                                  \
    static void name##__body(LULL__EACH(LULL__PARAMETER_AND, LULL__NOTHING, __VA_ARGS__) LULL__C_TYPE(type) *lull__out)

/*
 * In the body of a LULL_GENERATOR: hand out an element, and wait until the next one is asked for. See
 * lull_emit_element.
 */
#define lull_emit(element) (*lull__out = (element), lull_emit_element(lull__out))

#define LULL_HOST(ret, ...) LULL__EXPAND(LULL__HOST, ret, LULL__FIRST(__VA_ARGS__), __VA_ARGS__)
#define LULL__HOST(ret, name, ...)                                                                                     \
    LULL__CHECKED(LULL__HOST_OF, LULL__REFUSED_HOST, __VA_ARGS__)(ret, name, __VA_ARGS__)
#define LULL__HOST_OF(ret, name, ...)                                                                                  \
    LULL__EACH(LULL__CHECK_TYPE, LULL__NOTHING, __VA_ARGS__)                                                           \
    LULL__IMPORTED(LULL__DECLARATION(ret, name, __VA_ARGS__)) extern lull__ticket                                      \
        name##__import(int lull__future LULL__EACH(LULL__AND_PARAMETER, LULL__NOTHING, __VA_ARGS__));                  \
    LULL__IF_VOID(ret, LULL__HOST_VOID, LULL__HOST_VALUE)(ret, name, __VA_ARGS__)

#define LULL__HOST_VOID(ret, name, ...)                                                                                \
    LULL__MAYBE_UNUSED static inline int name(LULL__PARAMETERS_OR_VOID(__VA_ARGS__))                                   \
    {                                                                                                                  \
        LULL__HOST_CALL(LULL__STATUS, name, NULL, 0, __VA_ARGS__)                                                      \
    }                                                                                                                  \
    LULL__HOST_START(name, __VA_ARGS__)                                                                                \
    LULL__MAYBE_UNUSED static inline int name##_finish(lull_future lull__call)                                         \
    {                                                                                                                  \
        LULL__HOST_FINISH(LULL__STATUS, NULL, 0)                                                                       \
    }
#define LULL__HOST_VALUE(ret, name, ...)                                                                               \
    LULL__CHECK_RESULT(ret)                                                                                            \
    LULL__MAYBE_UNUSED static inline int name(LULL__EACH(LULL__PARAMETER_AND, LULL__NOTHING, __VA_ARGS__)              \
                                              LULL__C_TYPE(ret) *lull__result)                                         \
    {                                                                                                                  \
        LULL__HOST_CALL(LULL__IF_CHAN(ret, lull__channel_received, LULL__STATUS), name, lull__result,                  \
                        sizeof *lull__result, __VA_ARGS__)                                                             \
    }                                                                                                                  \
    LULL__HOST_START(name, __VA_ARGS__)                                                                                \
    LULL__MAYBE_UNUSED static inline int name##_finish(lull_future lull__call, LULL__C_TYPE(ret) *lull__result)        \
    {                                                                                                                  \
        LULL__HOST_FINISH(LULL__IF_CHAN(ret, lull__channel_received, LULL__STATUS), lull__result,                      \
                          sizeof *lull__result)                                                                        \
    }
#define LULL__STATUS(status, result) status
#define LULL__MAYBE_UNUSED LULL_NODISCARD __attribute__((unused))
#define LULL__HOST_CALL(finish, name, result, size, ...)                                                               \
    LULL__REFER(lull__host_call_exports)                                                                               \
    LULL__EACH(LULL__REFER_TYPE, LULL__NOTHING, __VA_ARGS__)                                                           \
    int lull__future = lull__host_call_begin(#name);                                                                   \
    if (lull__future < 0) return lull__future;                                                                         \
    lull__ticket lull__number =                                                                                        \
        name##__import(lull__future LULL__EACH(LULL__AND_ARGUMENT, LULL__NOTHING, __VA_ARGS__));                       \
    return finish(lull__host_call_end(lull__number, result, size), result);

/* The index in the handle of a started call, by which JavaScript names it. */
#define LULL__CALL_INDEX(call) (int)((call) & ((1 << LULL__INDEX_BITS) - 1))

#define LULL__HOST_START(name, ...)                                                                                    \
    LULL__MAYBE_UNUSED static inline lull_future name##_start(LULL__PARAMETERS_OR_VOID(__VA_ARGS__))                   \
    {                                                                                                                  \
        LULL__REFER(lull__host_call_exports)                                                                           \
        LULL__EACH(LULL__REFER_TYPE, LULL__NOTHING, __VA_ARGS__)                                                       \
        lull_future lull__call = lull__host_call_start(#name);                                                         \
        if (lull__call < 0) return lull__call;                                                                         \
        lull__ticket lull__number = name##__import(                                                                    \
            LULL__CALL_INDEX(lull__call) LULL__EACH(LULL__AND_ARGUMENT, LULL__NOTHING, __VA_ARGS__));                  \
        return lull__host_call_started(lull__call, lull__number);                                                      \
    }
#define LULL__HOST_FINISH(finish, result, size)                                                                        \
    lull__ticket lull__number = lull__host_call_take(lull__call);                                                      \
    if (lull__number < 0) return lull__number;                                                                         \
    return finish(lull__host_call_end(lull__number, result, size), result);

#endif
