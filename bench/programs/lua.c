/* Lua: calls, closures, strings, tables, sort and protected calls. It prints its seconds. */
#include <stdio.h>
#include <time.h>

#include "lauxlib.h"
#include "lualib.h"
#include "pause.h"

static const char script[] =
    "local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end\n"
    "assert(fib(29) == 514229)\n"
    "local parts = {}\n"
    "for i = 1, 150000 do parts[#parts + 1] = ('%d:%s'):format(i, ('x'):rep(i % 7)) end\n"
    "assert(#table.concat(parts, ','):gsub('x', 'yy') > 0)\n"
    "table.sort(parts, function(a, b) return a < b end)\n"
    "local count = 0\n"
    "for i = 1, 200000 do if pcall(function() count = count + i end) then count = count + 1 end end\n"
    "for _ = 1, 10 do wait() end\n";

static int wait_in_lua(lua_State *lua)
{
    (void)lua;
    pause_a_turn();
    return 0;
}

int main(void)
{
    lua_State *lua = luaL_newstate();
    if (!lua) return 1;
    luaL_openlibs(lua);
    lua_register(lua, "wait", wait_in_lua);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (luaL_dostring(lua, script)) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.4f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9);
    lua_close(lua);
    return 0;
}
