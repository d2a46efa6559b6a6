/*
 * lull for C++14 and later: a thin layer over lull.h, all of which C++ has, too. Lambdas as tasks; scopes, groups and
 * locks that end with a block; channels of a type; failures as exceptions.
 *
 *     lull::channel<int> squares(4);
 *     lull::group group;
 *     group.spawn([squares]() mutable {
 *         for (int i = 0; i < 10; i++) squares.send(i * i);
 *         squares.close();
 *     }, {.name = "squares"});
 *     for (int square : squares) std::printf("%d\n", square);
 *     group.wait();
 *
 * Conventions, besides those of lull.h
 *   Failures    where exceptions are on, a function that fails throws lull::error, and a status that it returns is not
 *               negative, unless its comment says so. Where they are off (-fno-exceptions), it returns the negative
 *               status. Code that looks at the status is right in both.
 *   Handles     are those of lull.h: functions of C take them, and those that they return can be wrapped here.
 *   Destructors run where a task returns, and where an exception leaves its functions. They do not where its stack is
 *               dropped: after lull_fail, lull_return, lull_check, lull_kill, lull_emit of a generator that is freed, a
 *               trap, a stack overflow, exit(), and the end of the app. lull_defer, and lull::defer, run then too
 *               (but not after exit()). A cancellation drops nothing: the waits fail, here with an exception.
 */
#ifndef LULL_HPP
#define LULL_HPP

#include "lull.h"

#include <cstdint>
#include <iterator>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
#define LULL_EXCEPTIONS 1
#define LULL__STATUS_RESULT
#else
#define LULL_EXCEPTIONS 0
#define LULL__STATUS_RESULT LULL_NODISCARD
#endif

namespace lull
{

/* ---- Failures ------------------------------------------------------------------------------------------------ */

/*
 * A failure: a negative status, and its message. One that leaves a task fails it with both; where it is the task's last
 * failed wait, with that very error, as lull_fail(status, NULL) does.
 */
class error : public std::runtime_error
{
  public:
    /* Of the current task's last failed wait, if that has this status; else with the status's own text. */
    explicit error(int status) : error(status, message_of(status))
    {
    }

    /* The message is copied. */
    error(int status, const char *message) : std::runtime_error(message), status_(status)
    {
    }

    int status() const noexcept
    {
        return status_;
    }

  private:
    static const char *message_of(int status)
    {
        const lull_error *last = lull_last_error();
        return last->code == status && last->message ? last->message : lull_strerror(status);
    }

    int status_;
};

/*
 * A status or a handle as it is, unless it is negative: then throw lull::error; where exceptions are off, end the task,
 * as lull_check does.
 */
inline std::int64_t check(std::int64_t status)
{
#if LULL_EXCEPTIONS
    if (status < 0) throw error(static_cast<int>(status));
    return status;
#else
    return lull_check(status);
#endif
}

namespace detail
{

/* As check, but without exceptions the failure is returned. */
template <typename Number> inline Number passed(Number status)
{
#if LULL_EXCEPTIONS
    check(status);
#endif
    return status;
}

/* As passed, but this one failure is returned in any case. */
inline int passed_but(int expected, int status)
{
    return status == expected ? status : passed(status);
}

/* How a lull_value holds a T: whole numbers as they are, doubles by their bits, pointers by their address. */
template <typename T, typename = void> struct value {
    static_assert(std::is_integral<T>::value || std::is_enum<T>::value,
                  "lull: the result of a task is void, a number, an enumeration or a pointer; hand out another type by "
                  "a channel, or by a reference that outlives the task");
    static lull_value from(T item)
    {
        return static_cast<lull_value>(item);
    }
    static T to(lull_value item)
    {
        return static_cast<T>(item);
    }
};
template <typename T> struct value<T, typename std::enable_if<std::is_floating_point<T>::value>::type> {
    static lull_value from(T item)
    {
        return lull_from_double(static_cast<double>(item));
    }
    static T to(lull_value item)
    {
        return static_cast<T>(lull_to_double(item));
    }
};
template <typename T> struct value<T *, void> {
    static lull_value from(T *item)
    {
        return lull_from_pointer(item);
    }
    static T *to(lull_value item)
    {
        return static_cast<T *>(lull_to_pointer(item));
    }
};
template <> struct value<void, void> {
    static void to(lull_value)
    {
    }
};

template <typename Function> lull_value call(Function &function, std::false_type)
{
    return value<decltype(function())>::from(function());
}
template <typename Function> lull_value call(Function &function, std::true_type)
{
    function();
    return 0;
}

/* A callable that a task owns. */
template <typename Function> struct owned : lull__object {
    Function function;

    template <typename Given> explicit owned(Given &&given) : lull__object(), function(std::forward<Given>(given))
    {
        destroy = [](void *object) { delete static_cast<owned *>(static_cast<lull__object *>(object)); };
    }

    static lull_value run(void *pointer)
    {
        Function &function = static_cast<owned *>(pointer)->function;
        return call(function, std::is_void<decltype(function())>());
    }
};

} // namespace detail

/* ---- Tasks --------------------------------------------------------------------------------------------------- */

/* The result of a task that returns a T, from the lull_value that C has it as, and back: see lull::spawn. */
template <typename T> T from_value(lull_value item)
{
    return detail::value<T>::to(item);
}
template <typename T> lull_value to_value(T item)
{
    return detail::value<T>::from(item);
}

/* How to spawn: the members of lull_spawn_options, without the function and its argument. */
struct options {
    double delay = 0;
    const char *name = nullptr;
    std::size_t stack_size = 0;
    const lull_stack *stack = nullptr;
    lull_future result = 0;
    double timeout = 0;
    lull_group group = 0;
    bool inherit = false;
};

/*
 * Spawn a task that calls `function()`, with its captures; see lull_spawn. The callable is moved or copied to
 * the task, and destroyed after the task's end, whatever that was and whether it has run or not, after its defers: its
 * destructor may not wait. An object captured by reference has to outlive the task, as in a group (lull::group).
 *
 * It returns void, a number, an enumeration or a pointer: the task's result (see lull::join). An exception that leaves
 * it is the task's failure: a lull::error with its status and message, any other with LULL_EFAILED and its what().
 *
 * Returns the task's handle. Fails as lull_spawn.
 */
template <typename Function> LULL__STATUS_RESULT lull_task spawn(Function &&function, const options &given = {})
{
    using owned = detail::owned<typename std::decay<Function>::type>;
    owned *own = new (std::nothrow) owned(std::forward<Function>(function));
    if (!own) return detail::passed<lull_task>(LULL_ENOMEM);
    lull_spawn_options all = {};
    all.function = owned::run;
    all.argument = own;
    all.delay = given.delay;
    all.name = given.name;
    all.stack_size = given.stack_size;
    all.stack = given.stack;
    all.result = given.result;
    all.timeout = given.timeout;
    all.group = given.group;
    all.inherit = given.inherit;
    lull_task task = lull__spawn_owning(&all, own);
    if (task < 0) delete own;
    return detail::passed(task);
}

/* Sleep: lull_pause. May suspend. */
inline LULL__STATUS_RESULT int pause(double seconds)
{
    return detail::passed(lull_pause(seconds));
}

#if LULL_EXCEPTIONS
/*
 * Wait until a task ends, and return its result: lull_join. May suspend. `T` is the type of its function's result. Only
 * where exceptions are on; else use lull_join, and from_value.
 */
template <typename T = void> T join(lull_task task)
{
    lull_value result = 0;
    check(lull_join(task, &result));
    return from_value<T>(result);
}

/* Wait for a future, and return its value: lull_await. May suspend. Likewise. */
template <typename T = void> T await(lull_future future)
{
    lull_value result = 0;
    check(lull_await(future, &result));
    return from_value<T>(result);
}
#endif

/*
 * Call `function()` when the current task ends, however it ends: lull_defer, for clean-up that has to happen even where
 * destructors do not run. The callable is moved or copied, and destroyed after the call. Fails as lull_defer.
 */
template <typename Function> LULL__STATUS_RESULT int defer(Function &&function)
{
    using callable = typename std::decay<Function>::type;
    callable *own = new (std::nothrow) callable(std::forward<Function>(function));
    if (!own) return detail::passed<int>(LULL_ENOMEM);
    int status = lull_defer(
        [](void *pointer) {
            callable *called = static_cast<callable *>(pointer);
            (*called)();
            delete called;
        },
        own);
    if (status < 0) delete own;
    return detail::passed(status);
}

/* ---- Scopes -------------------------------------------------------------------------------------------------- */

/* The mark of a scope that cancellation and deadlines from outside do not reach: scope cleanup(lull::shielded, 5). */
struct shielded_t {
    explicit shielded_t() = default;
};
constexpr shielded_t shielded{};

/*
 * A scope of lull.h from here to the end of the block: it limits the waits in it. An exception passes through as it is:
 * a wait right in the scope fails with LULL_ETIMEDOUT once it has expired, one in a scope within with LULL_ECANCELED.
 * lull::within tells more.
 */
class scope
{
  public:
    /* Enter it; fails as lull_scope_enter. Where exceptions are off, status() says whether it is entered. */
    explicit scope(double seconds = LULL_FOREVER) : status_(lull_scope_enter(&scope_, seconds))
    {
        detail::passed(status_);
    }
    scope(shielded_t, double seconds) : status_(lull_scope_enter_shielded(&scope_, seconds))
    {
        detail::passed(status_);
    }
    ~scope()
    {
        exit();
    }
    scope(const scope &) = delete;
    scope &operator=(const scope &) = delete;

    /* 0, or why it was not entered. */
    int status() const
    {
        return status_;
    }

    /* Leave it before the end of the block, with the status of the work in it. Returns as lull_scope_exit; 0 later. */
    int exit(int status = 0)
    {
        if (!scope_.task) return status;
        return lull_scope_exit(&scope_, status);
    }

    /* lull_scope_cancel. */
    int cancel()
    {
        return lull_scope_cancel(&scope_);
    }

  private:
    lull_scope scope_ = {};
    int status_;
};

#if LULL_EXCEPTIONS
/*
 * Call `function()` in a scope that expires after `seconds`, and return its result. A lull::error of
 * LULL_ECANCELED that the expiry of this scope has caused, at any depth, comes out as LULL_ETIMEDOUT. May suspend.
 * Only where exceptions are on; else use lull_scope_enter and lull_scope_exit.
 */
template <typename Function> auto within(double seconds, Function &&function) -> decltype(function())
{
    scope limit(seconds);
    try {
        return function();
    } catch (const error &failed) {
        int status = limit.exit(failed.status());
        if (status != failed.status()) throw error(status, lull_strerror(status));
        throw;
    }
}
#endif

/* ---- Groups -------------------------------------------------------------------------------------------------- */

/*
 * A group of lull.h: tasks that cannot outlive the block. At its end, children that have not ended are cancelled and
 * waited for, unless wait() has been called: their failures are dropped then.
 */
class group
{
  public:
    /* Open it. Where exceptions are off, handle() is the failure. */
    group() : group_(detail::passed(lull_group_open()))
    {
    }
    /* May suspend. */
    ~group()
    {
        if (group_ <= 0) return;
        lull_group_cancel(group_);
        (void)!lull_group_wait(group_);
    }
    group(const group &) = delete;
    group &operator=(const group &) = delete;

    lull_group handle() const
    {
        return group_;
    }

    /* lull::spawn, of a child. Captured references have to outlive the group, as objects declared before it do. */
    template <typename Function> LULL__STATUS_RESULT lull_task spawn(Function &&function, options given = {})
    {
        given.group = group_;
        return lull::spawn(std::forward<Function>(function), given);
    }

    /* Wait for all children, and leave the group: fails as lull_group_wait. May suspend. */
    LULL__STATUS_RESULT int wait()
    {
        lull_group left = group_;
        group_ = 0;
        return detail::passed(lull_group_wait(left));
    }

    /* lull_group_cancel. */
    int cancel()
    {
        return lull_group_cancel(group_);
    }

  private:
    lull_group group_;
};

/* ---- Locks --------------------------------------------------------------------------------------------------- */

namespace detail
{

/* A lock that is held from here to the end of the block. */
template <typename Lock, int (*Acquire)(Lock *), int (*Release)(Lock *)> class guard
{
  public:
    /* Wait for it. May suspend. Where exceptions are off, status() says whether it is held. */
    explicit guard(Lock &lock) : lock_(&lock), status_(Acquire(&lock))
    {
        if (status_ < 0) lock_ = nullptr;
        passed(status_);
    }
    ~guard()
    {
        unlock();
    }
    guard(const guard &) = delete;
    guard &operator=(const guard &) = delete;

    /* 0, or why it is not held. */
    int status() const
    {
        return status_;
    }

    /* Give it back before the end of the block. */
    void unlock()
    {
        if (lock_) Release(lock_);
        lock_ = nullptr;
    }

  private:
    Lock *lock_;
    int status_;
};

} // namespace detail

/*
 * A lock of lull_sync.h, held to the end of the block: lull::lock guard(mutex). A task that ends without running
 * destructors holds it for good, as in C: see LULL_EDEADLOCK there. `unit` is one of a semaphore.
 */
using lock = detail::guard<lull_mutex, lull_mutex_lock, lull_mutex_unlock>;
using read_lock = detail::guard<lull_rwlock, lull_rwlock_read, lull_rwlock_unlock>;
using write_lock = detail::guard<lull_rwlock, lull_rwlock_write, lull_rwlock_unlock>;
using unit = detail::guard<lull_semaphore, lull_semaphore_acquire, lull_semaphore_release>;

/* ---- Channels ------------------------------------------------------------------------------------------------ */

/*
 * A channel of lull_channel.h whose elements are of type T, which has to be trivially copyable: elements are copied as
 * bytes, and those that nobody receives are freed without a destructor. For another type, send pointers.
 *
 * An object is a reference to the channel: copies share it, and the last one closes it.
 */
template <typename T> class channel
{
    static_assert(std::is_trivially_copyable<T>::value,
                  "lull: the elements of a lull::channel are copied as bytes: send pointers to this type");

  public:
    /* A new channel, which holds up to `capacity` elements. Where exceptions are off, handle() is the failure. */
    explicit channel(std::size_t capacity = 0) : channel_(detail::passed(lull_chan_new(sizeof(T), capacity)))
    {
    }

    /* The channel of a handle whose reference passes to this object. */
    static channel adopt(lull_chan handle)
    {
        return channel(handle, 0);
    }
    /* The channel of a handle, as an argument LULL_CHAN(T) of a task: with a reference of its own. */
    static channel share(lull_chan handle)
    {
        detail::passed(lull_chan_retain(handle));
        return channel(handle, 0);
    }

    channel(const channel &other) : channel_(other.channel_)
    {
        if (channel_ > 0) lull_chan_retain(channel_);
    }
    channel(channel &&other) noexcept : channel_(other.channel_)
    {
        other.channel_ = 0;
    }
    channel &operator=(channel other) noexcept
    {
        std::swap(channel_, other.channel_);
        return *this;
    }
    ~channel()
    {
        if (channel_ > 0) lull_chan_release(channel_);
    }

    /* The handle, whose reference stays this object's. */
    lull_chan handle() const
    {
        return channel_;
    }
    /* The handle with its reference, which is the caller's now: the result of a task of type LULL_CHAN(T). */
    lull_chan release()
    {
        lull_chan handle = channel_;
        channel_ = 0;
        return handle;
    }

    /* lull_send. May suspend. */
    LULL__STATUS_RESULT int send(const T &element) const
    {
        return detail::passed(lull_send(channel_, &element));
    }

    /* lull_receive. Returns 0; LULL_ECLOSED, also where exceptions are on, at the channel's end. May suspend. */
    LULL_NODISCARD int receive(T &element) const
    {
        return detail::passed_but(LULL_ECLOSED, lull_receive(channel_, &element));
    }

    /* lull_try_send and lull_try_receive. Return 0; LULL_EBUSY, also where exceptions are on; as those above. */
    LULL_NODISCARD int try_send(const T &element) const
    {
        return detail::passed_but(LULL_EBUSY, lull_try_send(channel_, &element));
    }
    LULL_NODISCARD int try_receive(T &element) const
    {
        int status = lull_try_receive(channel_, &element);
        return status == LULL_EBUSY ? status : detail::passed_but(LULL_ECLOSED, status);
    }

    /* lull_chan_close. */
    int close() const
    {
        return lull_chan_close(channel_);
    }
    /* How many elements are in it, and how many it holds at most. */
    std::int64_t length() const
    {
        return lull_chan_length(channel_);
    }
    std::int64_t capacity() const
    {
        return lull_chan_capacity(channel_);
    }

    /*
     * for (T element : channel): receive each, up to the channel's end. Fails as receive; where exceptions are off, a
     * failure ends the loop, too. May suspend.
     */
    class iterator
    {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = const T *;
        using reference = const T &;

        explicit iterator(const channel *from) : from_(from)
        {
            ++*this;
        }
        reference operator*() const
        {
            return element_;
        }
        pointer operator->() const
        {
            return &element_;
        }
        iterator &operator++()
        {
            if (from_ && from_->receive(element_) < 0) from_ = nullptr;
            return *this;
        }
        iterator operator++(int)
        {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator &a, const iterator &b)
        {
            return a.from_ == b.from_;
        }
        friend bool operator!=(const iterator &a, const iterator &b)
        {
            return a.from_ != b.from_;
        }

      private:
        friend class channel;
        iterator() : from_(nullptr)
        {
        }
        const channel *from_;
        T element_{};
    };
    iterator begin() const
    {
        return iterator(this);
    }
    iterator end() const
    {
        return iterator();
    }

  private:
    channel(lull_chan handle, int) : channel_(handle)
    {
    }

    lull_chan channel_;
};

} // namespace lull

#endif
