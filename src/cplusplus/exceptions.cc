/*
 * Exceptions for a C++ library that has none: the npm compiler's. This is the part of the C++ ABI (Itanium's, as LLVM
 * has it for WebAssembly) that throws and catches. lull compiles this file itself, and links it with programs that have
 * exceptions. See D94.
 *
 * A throw is an instruction, with the address of the exception; a landing pad asks _Unwind_CallPersonality which of its
 * handlers takes it, by the tables that the compiler wrote; and that handler is between __cxa_begin_catch and
 * __cxa_end_catch.
 */
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <unwind.h>

/* The tag that all throws of C++ have. Before LLVM 22, each object that uses it defines it. */
#if __clang_major__ >= 22
__asm__(".globl __cpp_exception\n"
        ".tagtype __cpp_exception i32\n"
        "__cpp_exception:\n");
#endif

namespace
{

/* The virtual functions of the library's type_info, in the order of the ABI. */
struct catchable : std::type_info {
    virtual void noop1() const;
    virtual void noop2() const;
    /* Whether a handler of this type takes the exception at `object`, and then its address as that type. */
    virtual bool can_catch(const catchable *thrown, void *&object) const = 0;
};

/* The header before an exception that was thrown. */
struct header {
    const std::type_info *type;
    void *(*destroy)(void *); /* a destructor returns its argument */
    header *primary;          /* of which this is another throw: std::rethrow_exception; else itself */
    header *next;             /* the exception of the handler around */
    void *adjusted;           /* the object, as the handler's type */
    size_t references;        /* of a primary: by its throw, by others, and by std::exception_ptr */
    int handlers;             /* that handle it; negative while it is thrown again from one */
    _Unwind_Exception unwind;
};

constexpr size_t alignment = 16;
constexpr size_t room = (sizeof(header) + alignment - 1) & ~(alignment - 1);

void *object_of(header *exception)
{
    return reinterpret_cast<char *>(exception) + room;
}

header *header_of(void *object)
{
    return reinterpret_cast<header *>(static_cast<char *>(object) - room);
}

header *header_of_thrown(void *unwind)
{
    return reinterpret_cast<header *>(static_cast<char *>(unwind) - offsetof(header, unwind));
}

/* As the C++ ABI has it; boundary/exceptions.c. */
struct globals {
    header *caught;
    unsigned uncaught;
};

/* The landing pad that asks, and the answer; the compiler knows this struct. */
struct landing_pad {
    uintptr_t index;
    const uint8_t *tables;
    uintptr_t selector; /* which handler; 0: none */
};

uintptr_t read_uleb(const uint8_t *&at)
{
    uintptr_t number = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = *at++;
        number |= static_cast<uintptr_t>(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    return number;
}

intptr_t read_sleb(const uint8_t *&at)
{
    uintptr_t number = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = *at++;
        number |= static_cast<uintptr_t>(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    if ((byte & 0x40) && shift < 8 * sizeof number) number |= ~uintptr_t{0} << shift;
    return static_cast<intptr_t>(number);
}

constexpr uint8_t omitted = 0xFF;

/* The index of the handler that takes an exception; 0: none, the landing pad only cleans up. */
uintptr_t handler_of(const landing_pad &pad, header *exception)
{
    const uint8_t *at = pad.tables;
    if (!at) return 0;
    if (*at++ != omitted) read_uleb(at);
    if (*at++ == omitted) return 0; /* it names no types */
    uintptr_t offset = read_uleb(at);
    const catchable *const *types = reinterpret_cast<const catchable *const *>(at + offset);
    at++; /* the encoding of the call sites: always this one */
    uintptr_t size = read_uleb(at);
    const uint8_t *actions = at + size;
    uintptr_t action = 0;
    for (uintptr_t index = 0; index <= pad.index; index++) {
        if (at >= actions) return 0;
        read_uleb(at);
        action = read_uleb(at);
    }
    if (action == 0) return 0;
    for (at = actions + action - 1;;) {
        intptr_t number = read_sleb(at);
        if (number > 0) {
            const catchable *type = types[-number];
            exception->adjusted = object_of(exception->primary);
            if (!type) return static_cast<uintptr_t>(number); /* catch (...) */
            const catchable *thrown = static_cast<const catchable *>(exception->type);
            if (type->can_catch(thrown, exception->adjusted)) return static_cast<uintptr_t>(number);
        }
        const uint8_t *next = at;
        intptr_t distance = read_sleb(next);
        if (distance == 0) return 0;
        at += distance;
    }
}

header *new_header(size_t size)
{
    void *memory = std::calloc(1, room + size);
    if (!memory) std::terminate();
    header *made = static_cast<header *>(memory);
    made->primary = made;
    return made;
}

void drop(header *primary)
{
    if (--primary->references > 0) return;
    if (primary->destroy) primary->destroy(object_of(primary));
    std::free(primary);
}

} // namespace

namespace __cxxabiv1
{
struct __cxa_exception; /* older libraries do not declare it */

extern "C" {

globals *__cxa_get_globals();
landing_pad __wasm_lpad_context;

__attribute__((noreturn)) static void throw_header(header *exception)
{
    __cxa_get_globals()->uncaught++;
    __builtin_wasm_throw(0, &exception->unwind);
}

int _Unwind_CallPersonality(void *thrown)
{
    __wasm_lpad_context.selector = handler_of(__wasm_lpad_context, header_of_thrown(thrown));
    return 0;
}

/* Nobody calls it: objects name it, since other platforms do. */
int __gxx_personality_wasm0(...)
{
    std::abort();
}

void _Unwind_DeleteException(_Unwind_Exception *)
{
}

void *__cxa_allocate_exception(size_t size) noexcept
{
    return object_of(new_header(size));
}

void __cxa_free_exception(void *object) noexcept
{
    std::free(header_of(object));
}

__cxa_exception *__cxa_init_primary_exception(void *object, std::type_info *type, void *(*destroy)(void *)) noexcept
{
    header *made = header_of(object);
    made->type = type;
    made->destroy = destroy;
    made->references = 1;
    return reinterpret_cast<__cxa_exception *>(made);
}

void __cxa_throw(void *object, std::type_info *type, void *(*destroy)(void *))
{
    __cxa_init_primary_exception(object, type, destroy);
    throw_header(header_of(object));
}

void *__cxa_get_exception_ptr(void *thrown) noexcept
{
    return header_of_thrown(thrown)->adjusted;
}

void *__cxa_begin_catch(void *thrown) noexcept
{
    globals *own = __cxa_get_globals();
    header *exception = header_of_thrown(thrown);
    exception->handlers = (exception->handlers < 0 ? -exception->handlers : exception->handlers) + 1;
    if (own->caught != exception) {
        exception->next = own->caught;
        own->caught = exception;
    }
    own->uncaught--;
    return exception->adjusted;
}

void __cxa_end_catch()
{
    globals *own = __cxa_get_globals();
    header *exception = own->caught;
    if (!exception) return;
    if (exception->handlers < 0) {
        if (++exception->handlers == 0) own->caught = exception->next; /* it is on its way again */
        return;
    }
    if (--exception->handlers > 0) return;
    own->caught = exception->next;
    header *primary = exception->primary;
    if (primary != exception) std::free(exception);
    drop(primary);
}

void __cxa_rethrow()
{
    header *exception = __cxa_get_globals()->caught;
    if (!exception) std::terminate();
    exception->handlers = -exception->handlers;
    throw_header(exception);
}

std::type_info *__cxa_current_exception_type()
{
    header *exception = __cxa_get_globals()->caught;
    return exception ? const_cast<std::type_info *>(exception->type) : nullptr;
}

unsigned __cxa_uncaught_exceptions() noexcept
{
    return __cxa_get_globals()->uncaught;
}

bool __cxa_uncaught_exception() noexcept
{
    return __cxa_uncaught_exceptions() > 0;
}

/* ---- std::exception_ptr -------------------------------------------------------------------------------------- */

void __cxa_increment_exception_refcount(void *object) noexcept
{
    if (object) header_of(object)->references++;
}

void __cxa_decrement_exception_refcount(void *object) noexcept
{
    if (object) drop(header_of(object));
}

void *__cxa_current_primary_exception() noexcept
{
    header *exception = __cxa_get_globals()->caught;
    if (!exception) return nullptr;
    exception->primary->references++;
    return object_of(exception->primary);
}

void __cxa_rethrow_primary_exception(void *object)
{
    if (!object) return;
    header *primary = header_of(object);
    header *again = new_header(0);
    again->type = primary->type;
    again->primary = primary;
    primary->references++;
    throw_header(again);
}

/* ---- Exceptions of the library itself ------------------------------------------------------------------------ */

void __cxa_bad_cast()
{
    throw std::bad_cast();
}

void __cxa_bad_typeid()
{
    throw std::bad_typeid();
}

void __cxa_throw_bad_array_new_length()
{
    throw std::bad_array_new_length();
}

#define LULL__QUOTED(name) LULL__QUOTED_(name)
#define LULL__QUOTED_(name) #name

/*
 * The library was compiled to end the program where it would throw: by this function, with the exception as text.
 * So this throws it. No destructors run in the library's functions around the call.
 */
__attribute__((noreturn)) void
lull__library_throws(const char *format,
                     ...) __asm__("_ZNSt3" LULL__QUOTED(_LIBCPP_ABI_NAMESPACE) "22__libcpp_verbose_abortEPKcz");

void lull__library_throws(const char *format, ...)
{
    static const char marker[] = " was thrown in -fno-exceptions mode";
    const char *end = std::strstr(format, marker);
    size_t length = end ? static_cast<size_t>(end - format) : 0;
    auto is = [&](const char *name) { return length == std::strlen(name) && !std::memcmp(format, name, length); };
    va_list arguments;
    va_start(arguments, format);
    int number = std::strstr(format, "%i") ? va_arg(arguments, int) : 0;
    const char *text = std::strstr(format, "%s") ? va_arg(arguments, const char *) : format;
    va_end(arguments);
    if (is("out_of_range")) throw std::out_of_range(text);
    if (is("length_error")) throw std::length_error(text);
    if (is("invalid_argument")) throw std::invalid_argument(text);
    if (is("overflow_error")) throw std::overflow_error(text);
    if (is("bad_alloc")) throw std::bad_alloc();
    if (is("bad_array_new_length")) throw std::bad_array_new_length();
    if (is("bad_cast")) throw std::bad_cast();
    if (is("system_error")) throw std::system_error(number, std::generic_category(), text);
    throw std::runtime_error(text);
}

/* An older library does not report: toolchain/library-throws.js has it call this. */
__attribute__((noreturn)) void lull__library_aborts() __asm__("throw");

void lull__library_aborts()
{
    throw std::runtime_error("an exception of the C++ library, which does not tell its type before LLVM 17");
}

} // extern "C"
} // namespace __cxxabiv1
