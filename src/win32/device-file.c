/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <windows.h>
#include <pnpnotify.h>

#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/device-file.h"
#include "win32/device-io.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/nt-status.h"
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

static void close_handle(struct device_file *file)
{
	pthread_mutex_lock(&lock);
	if (file->generation == generation)
		pnpn_close(file->handle);
	file->handle = NULL;
	pthread_mutex_unlock(&lock);
}

/* The owner first: whoever opens it next finds it closed. */
static void closed(struct pnpn_object *object)
{
	if (object->io)
		pnpn_device_io_close(object->io);
	close_handle(object->device);
}

static void file_free(struct device_file *file)
{
	close_handle(file);
	free(file->instance_id);
	free(file);
}

static void release(struct pnpn_object *object)
{
	pnpn_device_io_free(object->io);
	file_free(object->device);
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
	pnpn_device_io_forget_all();
}

static void watch_fork(void)
{
	pthread_atfork(NULL, NULL, in_child);
}

/* A connection whose manager went is of no use: the next call makes a new one. */
static int open_once(const char *name, struct pnpn_handle **ret_handle, int *ret_socket)
{
	if (!connection) {
		int r = pnpn_win32_connect(&connection);
		if (r < 0)
			return r;
		generation++;
	}
	return pnpn_open_socket(connection, name, ret_handle, ret_socket);
}

static int open_device(const char *name, struct device_file *file, int *ret_socket)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_fork);
	pthread_mutex_lock(&lock);
	int r = open_once(name, &file->handle, ret_socket);
	if (r == -ENOTCONN) {
		connection = pnpn_disconnect(connection);
		generation++;
		r = open_once(name, &file->handle, ret_socket);
	}
	if (r >= 0) {
		file->generation = generation;
		file->number = pnpn_handle_get_number(file->handle);
		file->instance_id = strdup(pnpn_handle_get_device(file->handle));
		if (!file->instance_id) {
			r = -ENOMEM;
			close(*ret_socket);
		}
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

/* Its owner is asked, if he serves it: *ret_io. Returns 0; an error. */
static DWORD ask_owner(int socket, const struct pnpn_device_how *how,
		       struct pnpn_device_io **ret_io)
{
	int32_t status;

	*ret_io = NULL;
	if (socket < 0)
		return 0;
	*ret_io = pnpn_device_io_open(socket, how, &status);
	return *ret_io ? 0 : pnpn_win32_error_of_status(status);
}

static HANDLE make_handle(struct device_file *file, struct pnpn_device_io *io)
{
	struct pnpn_object *object;
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_DEVICE, &object);

	if (!handle) {
		pnpn_device_io_free(io);
		file_free(file);
		return INVALID_HANDLE_VALUE;
	}
	object->device = file;
	object->closed = closed;
	object->release = release;
	int r = io ? pnpn_device_io_attach(io, object) : 0;
	if (r >= 0)
		return handle;
	CloseHandle(handle);
	pnpn_fail_errno(r);
	return INVALID_HANDLE_VALUE;
}

static HANDLE create(const char *name, const struct pnpn_device_how *how)
{
	struct pnpn_device_io *io;
	struct device_file *file = calloc(1, sizeof(*file));
	int socket = -1;
	int r = file ? open_device(name, file, &socket) : -ENOMEM;

	if (r < 0) {
		free(file);
		pnpn_fail_errno(r);
		return INVALID_HANDLE_VALUE;
	}
	DWORD error = ask_owner(socket, how, &io);
	if (error) {
		file_free(file);
		pnpn_fail(error);
		return INVALID_HANDLE_VALUE;
	}
	return make_handle(file, io);
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
	return create(name,
		      &(struct pnpn_device_how){.access = access,
						.share = share,
						.disposition = disposition,
						.overlapped = (flags & FILE_FLAG_OVERLAPPED) != 0});
}

PNPN_EXPORT HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share,
				      LPSECURITY_ATTRIBUTES security, DWORD disposition,
				      DWORD flags, HANDLE template_file)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
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
