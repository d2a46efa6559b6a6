/*
 * Lua scripts as tasks: each has a state of its own, and waits as if it were alone. README.md says how to build it.
 *
 * To a script, `sleep(seconds)` and `fetch(url)` are functions that block. Lua is unmodified: a task that waits keeps
 * its C stack, with pcall, metamethods, sort and coroutines on it.
 */
#include <lull.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lualib.h"

/* The text at a URL. */
LULL_HOST(char *, fetch_text, (const char *, url))

/* Raise a failure as a Lua error, with its message. */
static void check(lua_State *lua, int status)
{
    if (status < 0) luaL_error(lua, "%s", lull_last_error()->message);
}

static int sleep_in_lua(lua_State *lua)
{
    check(lua, lull_pause(luaL_checknumber(lua, 1)));
    return 0;
}

static int fetch_in_lua(lua_State *lua)
{
    char *text;
    check(lua, fetch_text(luaL_checkstring(lua, 1), &text));
    lua_pushstring(lua, text);
    free(text);
    return 1;
}

/* Called at the end of the task, however it ends. */
static void close_state(void *lua)
{
    lua_close(lua);
}

/* Run a script with an argument, and return its result as text: `await app.call.run(script, argument)`. */
LULL_TASK(char *, run, (const char *, script), (const char *, argument))
{
    lua_State *lua = luaL_newstate();
    if (!lua) lull_fail(LULL_ENOMEM, "no memory for a state of Lua");
    lull_check(lull_defer(close_state, lua));
    luaL_openlibs(lua);
    lua_register(lua, "sleep", sleep_in_lua);
    lua_register(lua, "fetch", fetch_in_lua);
    int status = luaL_loadbuffer(lua, script, strlen(script), "=script");
    if (status == LUA_OK) {
        lua_pushstring(lua, argument);
        status = lua_pcall(lua, 1, 1, 0);
    }
    const char *text = luaL_tolstring(lua, -1, NULL);
    if (status != LUA_OK) lull_fail(LULL_EFAILED, "%s", text);
    char *result = strdup(text);
    if (!result) lull_fail(LULL_ENOMEM, "no memory for a result of %zu bytes", strlen(text));
    return result;
}
