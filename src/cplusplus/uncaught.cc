/*
 * An exception that leaves a task becomes its failure. lull compiles this file itself, and links it with
 * programs that have exceptions.
 */
#include "lull.hpp"

#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <typeinfo>

/*
 * Called where the task was entered: toolchain/uncaught.js sees to that. Its handlers do not end, since the task does:
 * the exception is freed after it.
 */
extern "C" __attribute__((export_name("lull uncaught"))) void lull__uncaught(void *exception)
{
    __cxxabiv1::__cxa_begin_catch(exception);
    try {
        throw;
    } catch (const lull::error &failure) {
        const lull_error *last = lull_last_error();
        bool same = last->code == failure.status() && last->message && !std::strcmp(last->message, failure.what());
        if (same) lull_fail(failure.status(), nullptr);
        lull_fail(failure.status(), "%s", failure.what());
    } catch (const std::exception &failure) {
        lull_fail(LULL_EFAILED, "%s", failure.what());
    } catch (const char *text) {
        lull_fail(LULL_EFAILED, "%s", text);
    } catch (int number) {
        lull_fail(LULL_EFAILED, "an exception: %d", number);
    } catch (...) {
        const std::type_info *type = __cxxabiv1::__cxa_current_exception_type();
        lull_fail(LULL_EFAILED, "an exception of type %s (see c++filt -t)", type ? type->name() : "unknown");
    }
}
