// Preloaded into norma: makes one call on a file below a folder fail, come short or be the last. Built by faults.py.
//   FAULT_FOLDER  only files below it count
//   FAULT_AT      the call that is hit, counted from 1 over all calls of FAULT_CALLS; 0: none, calls are only counted
//   FAULT_CALLS   words out of open mkdir read write fsync rename
//   FAULT_KIND    an errno as a number, "short" (half of a write) or "kill" (SIGKILL before the call, or amid a write)
//   FAULT_LOG     a line "N call path" is appended for every call that counts
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define DESCRIPTORS 4096
static atomic_int count;
static char *names[DESCRIPTORS];

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_below(const char *path) {
  const char *folder = getenv("FAULT_FOLDER");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static void note(int number, const char *call, const char *path) {
  const char *log = getenv("FAULT_LOG");
  if (!log) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%d %s %s\n", number, call, path);
  int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (file >= 0) {
    syscall(SYS_write, file, line, length);
    syscall(SYS_close, file);
  }
}

// Counts a call; true where this one is hit, with errno set.
static int is_hit(const char *call, const char *path) {
  const char *calls = getenv("FAULT_CALLS"), *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
  if (!is_below(path) || !calls || !strstr(calls, call)) return 0;
  int number = atomic_fetch_add(&count, 1) + 1;
  note(number, call, path);
  if (!at || !kind || number != atoi(at)) return 0;
  if (strcmp(kind, "kill") == 0 && strcmp(call, "write") != 0) kill(getpid(), SIGKILL);
  errno = atoi(kind);
  return 1;
}

static const char *name_of(int file) { return file >= 0 && file < DESCRIPTORS ? names[file] : NULL; }

static void remember(int file, const char *path) {
  if (file < 0 || file >= DESCRIPTORS) return;
  free(names[file]);
  names[file] = is_below(path) ? strdup(path) : NULL;
}

static int opened(int file, const char *path) {
  remember(file, path);
  return file;
}

#define MODE(flags)                            \
  mode_t mode = 0;                             \
  if ((flags) & (O_CREAT | O_TMPFILE)) {       \
    va_list list;                              \
    va_start(list, flags);                     \
    mode = va_arg(list, mode_t);               \
    va_end(list);                              \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return is_hit("open", path) ? -1 : opened(NEXT(open)(path, flags, mode), path);
}

int open64(const char *path, int flags, ...) {
  MODE(flags)
  return is_hit("open", path) ? -1 : opened(NEXT(open64)(path, flags, mode), path);
}

int openat(int folder, const char *path, int flags, ...) {
  MODE(flags)
  return is_hit("open", path) ? -1 : opened(NEXT(openat)(folder, path, flags, mode), path);
}

int mkostemp(char *path, int flags) {
  return is_hit("open", path) ? -1 : opened(NEXT(mkostemp)(path, flags), path);
}

int mkstemp(char *path) { return is_hit("open", path) ? -1 : opened(NEXT(mkstemp)(path), path); }

FILE *fopen(const char *path, const char *mode) {
  if (is_hit("open", path)) return NULL;
  FILE *file = NEXT(fopen)(path, mode);
  if (file) remember(fileno(file), path);
  return file;
}

int dup(int file) {
  const char *path = name_of(file);
  return opened(NEXT(dup)(file), path);
}

int close(int file) {
  remember(file, NULL);
  return NEXT(close)(file);
}

int mkdir(const char *path, mode_t mode) { return is_hit("mkdir", path) ? -1 : NEXT(mkdir)(path, mode); }

ssize_t read(int file, void *bytes, size_t size) {
  return is_hit("read", name_of(file)) ? -1 : NEXT(read)(file, bytes, size);
}

ssize_t write(int file, const void *bytes, size_t size) {
  if (is_hit("write", name_of(file))) {
    const char *kind = getenv("FAULT_KIND");
    int is_last = strcmp(kind, "kill") == 0;
    if (!is_last && strcmp(kind, "short") != 0) return -1;
    if (size > 1) size /= 2;
    ssize_t written = NEXT(write)(file, bytes, size);
    if (is_last) kill(getpid(), SIGKILL);
    return written;
  }
  return NEXT(write)(file, bytes, size);
}

int fsync(int file) { return is_hit("fsync", name_of(file)) ? -1 : NEXT(fsync)(file); }

int rename(const char *from, const char *to) { return is_hit("rename", to) ? -1 : NEXT(rename)(from, to); }
