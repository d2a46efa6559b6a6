/*
 * Queries of SQLite that wait for the storage of their database: README.md says how to build them.
 *
 * JavaScript has the bytes of the database, and gives them as promises. SQLite is unmodified: a task that waits keeps
 * its C stack, with the query's own functions on it, and the other queries go on.
 */
#include <lull.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

/* The size of a database, in bytes. */
LULL_HOST(double, storage_size, (const char *, name))

/* `length` bytes of a database from `offset` on, or fewer at its end. */
LULL_HOST(lull_bytes, read_storage, (const char *, name), (double, offset), (int, length))

/* An open database. */
typedef struct stored_file {
    sqlite3_file base;
    const char *name; /* SQLite's, which keeps it until the file is closed */
    sqlite3_int64 size;
} stored_file;

static int close_file(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *into, int length, sqlite3_int64 offset)
{
    lull_bytes bytes;
    if (read_storage(((stored_file *)file)->name, (double)offset, length, &bytes) < 0) return SQLITE_IOERR_READ;
    int got = bytes.length < (size_t)length ? (int)bytes.length : length;
    memcpy(into, bytes.data, (size_t)got);
    free(bytes.data);
    if (got == length) return SQLITE_OK;
    memset((char *)into + got, 0, (size_t)(length - got));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = ((stored_file *)file)->size;
    return SQLITE_OK;
}

/* Nobody writes, so there is nothing to lock. */
static int ignore(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int is_reserved(sqlite3_file *file, int *reserved)
{
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *file, int operation, void *argument)
{
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = close_file,
        .xRead = read_file,
        .xFileSize = file_size,
        .xLock = ignore,
        .xUnlock = ignore,
        .xCheckReservedLock = is_reserved,
        .xFileControl = control,
        .xSectorSize = sector_size,
        .xDeviceCharacteristics = characteristics,
    };
    (void)vfs;
    file->pMethods = NULL;
    double size;
    if (!name || !(flags & SQLITE_OPEN_READONLY)) return SQLITE_CANTOPEN;
    if (storage_size(name, &size) < 0) return SQLITE_CANTOPEN;
    *(stored_file *)file = (stored_file){.base = {&methods}, .name = name, .size = (sqlite3_int64)size};
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

/* Beside a database, SQLite looks for the journal of a writer. */
static int has_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    (void)vfs, (void)name, (void)flags;
    *result = 0;
    return SQLITE_OK;
}

/* Names are JavaScript's: no folders are looked up. */
static int full_name(sqlite3_vfs *vfs, const char *name, int size, char *into)
{
    (void)vfs;
    sqlite3_snprintf(size, into, "%s", name);
    return SQLITE_OK;
}

/* The name by which SQLite knows the storage. NULL if it does not take one. */
static const char *storage(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName) return vfs.zName;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (!system) return NULL;
    vfs = *system; /* for the time and random numbers */
    vfs.pNext = NULL;
    vfs.zName = "storage";
    vfs.szOsFile = (int)sizeof(stored_file);
    vfs.xOpen = open_file;
    vfs.xAccess = has_access;
    vfs.xFullPathname = full_name;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) vfs.zName = NULL;
    return vfs.zName;
}

static void write_text(FILE *out, const unsigned char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', out);
        if (*text >= ' ')
            fputc(*text, out);
        else
            fprintf(out, "\\u%04x", *text);
    }
    fputc('"', out);
}

/* Returns false if there is no memory. */
static bool write_value(FILE *out, sqlite3_stmt *statement, int column)
{
    double number;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        fprintf(out, "%lld", (long long)sqlite3_column_int64(statement, column));
        break;
    case SQLITE_FLOAT:
        number = sqlite3_column_double(statement, column);
        if (isfinite(number))
            fprintf(out, "%.17g", number);
        else
            fputs("null", out); /* JSON has no infinity */
        break;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(statement, column);
        if (!text) return false;
        write_text(out, text);
        break;
    }
    case SQLITE_BLOB: {
        const unsigned char *bytes = sqlite3_column_blob(statement, column);
        fputc('"', out);
        for (int i = 0; i < sqlite3_column_bytes(statement, column); i++) fprintf(out, "%02x", bytes[i]);
        fputc('"', out);
        break;
    }
    default:
        fputs("null", out);
    }
    return true;
}

/* The current row as the text of a JSON object, which the caller frees. NULL if there is no memory. */
static char *row_of(sqlite3_stmt *statement)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    bool complete = true;
    int columns = sqlite3_data_count(statement);
    for (int i = 0; i < columns && complete; i++) {
        fputc(i == 0 ? '{' : ',', out);
        write_text(out, (const unsigned char *)sqlite3_column_name(statement, i));
        fputc(':', out);
        complete = write_value(out, statement, i);
    }
    fputc('}', out);
    if (fclose(out) == 0 && complete) return text;
    free(text);
    return NULL;
}

/* End the task with the storage's own error, where that failed, such as a rejected promise; else with SQLite's. */
static _Noreturn void fail(sqlite3 *database, const char *name)
{
    int error = sqlite3_errcode(database);
    int cause = lull_last_error()->code;
    if ((error == SQLITE_IOERR || error == SQLITE_CANTOPEN) && cause < 0) lull_fail(cause, NULL);
    lull_fail(LULL_EFAILED, "%s: %s", name, sqlite3_errmsg(database));
}

/* Called at the end of the task, however it ends. */
static void close_database(void *database)
{
    sqlite3_close_v2(database);
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

/* A statement, finalized at the end of the task. */
static sqlite3_stmt *prepare(sqlite3 *database, const char *name, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) fail(database, name);
    lull_check(lull_defer(finalize, statement));
    return statement;
}

/*
 * The rows of a query over a read-only database, each as JSON: `app.stream('rows', [name, sql, values])`. `values` is a
 * JSON array for the parameters `?1`, `?2` … Blobs are text in hexadecimal digits.
 */
LULL_GENERATOR(char *, rows, (const char *, name), (const char *, sql), (const char *, values))
{
    const char *vfs = storage();
    if (!vfs) lull_fail(LULL_EFAILED, "SQLite does not take the storage");
    sqlite3 *database;
    int status = sqlite3_open_v2(name, &database, SQLITE_OPEN_READONLY, vfs);
    lull_check(lull_defer(close_database, database));
    if (status != SQLITE_OK) fail(database, name);

    sqlite3_stmt *query = prepare(database, name, sql);
    if (!query) return; /* a comment */
    sqlite3_stmt *parameters = prepare(database, name, "SELECT value FROM json_each(?1)");
    if (sqlite3_bind_text(parameters, 1, values, -1, SQLITE_STATIC) != SQLITE_OK) fail(database, name);
    for (int i = 1; (status = sqlite3_step(parameters)) == SQLITE_ROW; i++) {
        if (sqlite3_bind_value(query, i, sqlite3_column_value(parameters, 0)) != SQLITE_OK) fail(database, name);
    }
    if (status != SQLITE_DONE) fail(database, name);

    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        char *row = row_of(query);
        if (!row) lull_fail(LULL_ENOMEM, "no memory for a row");
        lull_emit(row);
    }
    if (status != SQLITE_DONE) fail(database, name);
}
