/* Makes one system call below a folder fail, as on a disk that is full, broken or read-only.

   Loaded with LD_PRELOAD. fail_at() says which: the number-th call of a kind, and all of the kinds
   that follow it if the fault stays. calls() counts. Calls on other files go through. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN, WRITE, SYNC, RENAME, FOLDER, KINDS };

static char root[PATH_MAX];
static int kind = -1, number, code, stays;
static int counts[KINDS];
static int failed;

void fail_at(const char *folder, int which, int at, int error, int lasting) {
    snprintf(root, sizeof root, "%s/", folder);
    memset(counts, 0, sizeof counts);
    kind = which, number = at, code = error, stays = lasting, failed = 0;
}

int calls(int which) { return counts[which]; }

static int is_below(int folder, const char *path) {
    char link[64], full[2 * PATH_MAX];
    ssize_t length = 0;
    if (!*root) return 0;
    if (path == NULL || (*path != '/' && folder != AT_FDCWD)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        length = readlink(link, full, PATH_MAX);
        if (length < 0) return 0;
    }
    snprintf(full + length, sizeof full - length, "/%s", path ? path : "");
    return strncmp(length ? full : path, root, strlen(root)) == 0;
}

static int fails(int which, int folder, const char *path) {
    int before = errno, count;
    if (!*root || !is_below(folder, path)) {
        errno = before;
        return 0;
    }
    errno = before;
    count = __atomic_add_fetch(&counts[which], 1, __ATOMIC_SEQ_CST);
    if ((which == kind && count == number) || (failed && stays)) {
        failed = 1;
        errno = code;
        return 1;
    }
    return 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPENS(flags) ((flags) & (O_CREAT | O_WRONLY | O_RDWR))

#define DEFINE_OPEN(name)                                                      \
    int name(const char *path, int flags, ...) {                               \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                          \
        if (OPENS(flags) && fails(OPEN, AT_FDCWD, path)) return -1;            \
        return NEXT(name)(path, flags, mode);                                  \
    }

#define DEFINE_OPENAT(name)                                                    \
    int name(int folder, const char *path, int flags, ...) {                   \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                          \
        if (OPENS(flags) && fails(OPEN, folder, path)) return -1;              \
        return NEXT(name)(folder, path, flags, mode);                          \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

#define DEFINE(type, name, parameters, arguments, which, folder, path)         \
    type name parameters {                                                     \
        if (fails(which, folder, path)) return -1;                             \
        return NEXT(name) arguments;                                           \
    }

DEFINE(ssize_t, write, (int file, const void *data, size_t size), (file, data, size), WRITE, file, NULL)
DEFINE(ssize_t, pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at), WRITE, file, NULL)
DEFINE(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at), WRITE, file, NULL)
DEFINE(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count), WRITE, file, NULL)
DEFINE(int, ftruncate, (int file, off_t size), (file, size), WRITE, file, NULL)
DEFINE(int, ftruncate64, (int file, off64_t size), (file, size), WRITE, file, NULL)
DEFINE(int, fsync, (int file), (file), SYNC, file, NULL)
DEFINE(int, fdatasync, (int file), (file), SYNC, file, NULL)
DEFINE(int, rename, (const char *from, const char *to), (from, to), RENAME, AT_FDCWD, to)
DEFINE(int, renameat, (int from_folder, const char *from, int to_folder, const char *to), (from_folder, from, to_folder, to), RENAME, to_folder, to)
DEFINE(int, renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags), (from_folder, from, to_folder, to, flags), RENAME, to_folder, to)
DEFINE(int, link, (const char *from, const char *to), (from, to), RENAME, AT_FDCWD, to)
DEFINE(int, linkat, (int from_folder, const char *from, int to_folder, const char *to, int flags), (from_folder, from, to_folder, to, flags), RENAME, to_folder, to)
DEFINE(int, mkdir, (const char *path, mode_t mode), (path, mode), FOLDER, AT_FDCWD, path)
DEFINE(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), FOLDER, folder, path)
