/* SPDX-License-Identifier: MIT */
/* Preloaded into a program: counts what it allocates, opens and maps, and lets one of them fail (failing.h). */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "failing.h"

#define EXPORT __attribute__((visibility("default")))

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void __libc_free(void *memory);

static struct failing none, *page = &none;

static bool fails(void)
{
	uint64_t made = __atomic_add_fetch(&page->made, 1, __ATOMIC_SEQ_CST);

	return made == __atomic_load_n(&page->at, __ATOMIC_SEQ_CST);
}

static bool refuse(int error)
{
	if (!fails())
		return false;
	errno = error;
	return true;
}

/* The next definition after ours: libc's. */
static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	return function;
}

#define NEXT(name)                 \
	static typeof(&name) real; \
	if (!real)                 \
	real = (typeof(&name))(uintptr_t)next(#name)

EXPORT void failing_use(struct failing *failing)
{
	page = failing;
}

/* Programs that it starts are not meant. */
__attribute__((constructor)) static void begin(void)
{
	const char *fd = getenv(FAILING_VARIABLE);
	NEXT(mmap);

	unsetenv("LD_PRELOAD");
	if (!fd)
		return;
	void *map = real(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);
	close(atoi(fd));
	if (map != MAP_FAILED)
		page = map;
}

/* --- memory --------------------------------------------------------------------------------------- */

static void *counted(void *memory)
{
	if (memory)
		__atomic_add_fetch(&page->live, 1, __ATOMIC_SEQ_CST);
	return memory;
}

EXPORT void *malloc(size_t bytes)
{
	return refuse(ENOMEM) ? NULL : counted(__libc_malloc(bytes));
}

EXPORT void *calloc(size_t count, size_t bytes)
{
	return refuse(ENOMEM) ? NULL : counted(__libc_calloc(count, bytes));
}

EXPORT void *realloc(void *old, size_t bytes)
{
	if (refuse(ENOMEM))
		return NULL;
	void *memory = __libc_realloc(old, bytes);
	return old ? memory : counted(memory);
}

EXPORT void *reallocarray(void *old, size_t count, size_t bytes)
{
	size_t all;

	if (__builtin_mul_overflow(count, bytes, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, all);
}

EXPORT void free(void *memory)
{
	if (memory)
		__atomic_sub_fetch(&page->live, 1, __ATOMIC_SEQ_CST);
	__libc_free(memory);
}

EXPORT void *mmap(void *at, size_t bytes, int access, int flags, int fd, off_t offset)
{
	NEXT(mmap);

	return refuse(ENOMEM) ? MAP_FAILED : real(at, bytes, access, flags, fd, offset);
}

/* Its stack is a mapping. */
EXPORT int pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes,
			  void *(*run)(void *argument), void *argument)
{
	NEXT(pthread_create);

	return refuse(EAGAIN) ? EAGAIN : real(ret_thread, attributes, run, argument);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

EXPORT int memfd_create(const char *name, unsigned int flags)
{
	NEXT(memfd_create);

	return refuse(EMFILE) ? -1 : real(name, flags);
}

EXPORT int socket(int domain, int type, int protocol)
{
	NEXT(socket);

	return refuse(EMFILE) ? -1 : real(domain, type, protocol);
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *bytes, int flags)
{
	NEXT(accept4);

	return refuse(EMFILE) ? -1 : real(fd, address, bytes, flags);
}

EXPORT int eventfd(unsigned int count, int flags)
{
	NEXT(eventfd);

	return refuse(EMFILE) ? -1 : real(count, flags);
}

EXPORT int timerfd_create(clockid_t clock, int flags)
{
	NEXT(timerfd_create);

	return refuse(EMFILE) ? -1 : real(clock, flags);
}

EXPORT int signalfd(int fd, const sigset_t *mask, int flags)
{
	NEXT(signalfd);

	return refuse(EMFILE) ? -1 : real(fd, mask, flags);
}

EXPORT int pipe2(int fds[2], int flags)
{
	NEXT(pipe2);

	return refuse(EMFILE) ? -1 : real(fds, flags);
}

EXPORT int epoll_create1(int flags)
{
	NEXT(epoll_create1);

	return refuse(EMFILE) ? -1 : real(flags);
}

EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	NEXT(epoll_ctl);

	return operation == EPOLL_CTL_ADD && refuse(ENOSPC) ? -1
							    : real(epoll, operation, fd, event);
}

EXPORT int inotify_init1(int flags)
{
	NEXT(inotify_init1);

	return refuse(EMFILE) ? -1 : real(flags);
}

EXPORT int open(const char *path, int flags, ...)
{
	NEXT(open);
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return refuse(EMFILE) ? -1 : real(path, flags, mode);
}

EXPORT int openat(int folder, const char *path, int flags, ...)
{
	NEXT(openat);
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return refuse(EMFILE) ? -1 : real(folder, path, flags, mode);
}

EXPORT FILE *fopen(const char *path, const char *mode)
{
	NEXT(fopen);

	return refuse(EMFILE) ? NULL : real(path, mode);
}

EXPORT DIR *opendir(const char *path)
{
	NEXT(opendir);

	return refuse(EMFILE) ? NULL : real(path);
}

EXPORT int fcntl(int fd, int command, ...)
{
	NEXT(fcntl);
	va_list arguments;
	bool makes_one = command == F_DUPFD || command == F_DUPFD_CLOEXEC;

	va_start(arguments, command);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	return makes_one && refuse(EMFILE) ? -1 : real(fd, command, argument);
}

/* --- the same, as libmount and libblkid know it --------------------------------------------------- */

/* What is defined above has the names for files of 64 bits; attributes are for those who include a header. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmissing-attributes"
#endif
#define ALSO(name, type, ...) \
	EXPORT type name##_also(__VA_ARGS__) __asm__(#name) __attribute__((alias(#name "64")))

ALSO(mmap, void *, void *at, size_t bytes, int access, int flags, int fd, off_t offset);
ALSO(open, int, const char *path, int flags, ...);
ALSO(openat, int, int folder, const char *path, int flags, ...);
ALSO(fopen, FILE *, const char *path, const char *mode);
ALSO(fcntl, int, int fd, int command, ...);
