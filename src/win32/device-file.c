/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <pnpnotify.h>

#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/device-file.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

/*
 * One connection for every handle of the process. A handle remembers which connection it was made
 * from: once that is lost, its own end is all that is left to do.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_connection *connection;
static unsigned int generation;

struct device_file {
	struct pnpn_handle *handle;
	unsigned int generation;
	uint64_t number; /* the manager's, as it was opened */
	char *instance_id;
};

static void release(struct pnpn_object *object)
{
	struct device_file *file = object->device;

	pthread_mutex_lock(&lock);
	if (file->generation == generation)
		pnpn_close(file->handle);
	pthread_mutex_unlock(&lock);
	free(file->instance_id);
	free(file);
}

/* A child of fork() has none of its parent's handles; where another thread was inside the connection its
 * state is unknown, and it stays unused. */
static void in_child(void)
{
	if (pthread_mutex_trylock(&lock) == 0)
		pnpn_disconnect(connection);
	pthread_mutex_init(&lock, NULL);
	connection = NULL;
	generation++;
}

static void watch_fork(void)
{
	pthread_atfork(NULL, NULL, in_child);
}

/* A connection whose manager went is of no use: the next call makes a new one. */
static int open_once(const char *name, struct pnpn_handle **ret_handle)
{
	if (!connection) {
		int r = pnpn_win32_connect(&connection);
		if (r < 0)
			return r;
		generation++;
	}
	return pnpn_open(connection, name, ret_handle);
}

static int open_device(const char *name, struct device_file *file)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_fork);
	pthread_mutex_lock(&lock);
	int r = open_once(name, &file->handle);
	if (r == -ENOTCONN) {
		connection = pnpn_disconnect(connection);
		generation++;
		r = open_once(name, &file->handle);
	}
	if (r >= 0) {
		file->generation = generation;
		file->number = pnpn_handle_get_number(file->handle);
		file->instance_id = strdup(pnpn_handle_get_device(file->handle));
		if (!file->instance_id)
			r = -ENOMEM;
	}
	if (r < 0)
		file->handle = pnpn_close(file->handle);
	pthread_mutex_unlock(&lock);
	return r;
}

static bool names_a_device(const char *name)
{
	return strncmp(name, "\\\\.\\", 4) == 0 || strncmp(name, "\\\\?\\", 4) == 0 ||
	       strncmp(name, "/dev/", 5) == 0;
}

static HANDLE create(const char *name)
{
	struct pnpn_object *object;
	struct device_file *file = calloc(1, sizeof(*file));
	int r = file ? open_device(name, file) : -ENOMEM;

	if (r < 0) {
		free(file);
		pnpn_fail_errno(r);
		return INVALID_HANDLE_VALUE;
	}
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_DEVICE, &object);
	if (!handle) {
		struct pnpn_object unused = {.device = file};
		release(&unused);
		return INVALID_HANDLE_VALUE;
	}
	object->device = file;
	object->release = release;
	return handle;
}

PNPN_EXPORT HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share,
				      LPSECURITY_ATTRIBUTES security, DWORD disposition,
				      DWORD flags, HANDLE template_file)
{
	if (!name || !*name || disposition < CREATE_NEW || disposition > 5) {
		pnpn_fail(name && *name ? ERROR_INVALID_PARAMETER : ERROR_FILE_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	if (!names_a_device(name)) {
		pnpn_fail(ERROR_NOT_SUPPORTED);
		return INVALID_HANDLE_VALUE;
	}
	return create(name);
}

PNPN_EXPORT HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share,
				      LPSECURITY_ATTRIBUTES security, DWORD disposition,
				      DWORD flags, HANDLE template_file)
{
	char *narrow = name ? pnpn_utf_narrow(name) : NULL;
	if (name && !narrow) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	HANDLE handle = CreateFileA(narrow, access, share, security, disposition, flags,
				    template_file);

	free(narrow);
	return handle;
}

char *pnpn_device_file_get_id(HANDLE handle, uint64_t *ret_number)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_DEVICE);

	if (!object)
		return NULL;
	const struct device_file *file = object->device;
	char *id = file && file->instance_id ? strdup(file->instance_id) : NULL;
	if (id)
		*ret_number = file->number;
	pnpn_object_unref(object);
	if (!id)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return id;
}
