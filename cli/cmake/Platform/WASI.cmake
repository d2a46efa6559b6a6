# The platform of lull's programs, for CMake.

set(UNIX 1) # its headers and functions
set(CMAKE_CROSSCOMPILING FALSE) # its executables run here
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
set(CMAKE_DL_LIBS "")

# Where the C library is, in the system root; with a clang of the machine, the root is the library's own folder.
set(CMAKE_SYSTEM_PREFIX_PATH /)
set(CMAKE_SYSTEM_LIBRARY_PATH /)
string(REPLACE "-unknown-" "-" CMAKE_LIBRARY_ARCHITECTURE "${CMAKE_C_COMPILER_TARGET}")

# Read, so that CMake does not warn of a variable that nobody uses where it configures a second time.
set(unused "${CMAKE_TOOLCHAIN_FILE}")

# The C library's threads need no library. A program that starts one hears of it from the linker, or from
# pthread_create.
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)
