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
#include "win32/file-path.h"
#include "win32/last-error.h"
#include "win32/local-file.h"
#include "win32/nt-status.h"
#include "win32/object.h"

/*
 * One connection for every handle of the process. A handle remembers which connection it was made
 * from: once that is lost, its own end is all that is left to do.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_connection *connection;
static unsigned int generation;

/* Of a file that is no device's the rest is empty. */
struct device_file {
	struct pnpn_handle *handle;
	unsigned int generation;
	uint64_t number; /* the manager's, as it was opened */
	char *instance_id;
	char *node; /* Linux's, where nobody serves it; NULL */
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
	free(file->node);
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

/* With the lock held. *ret_node: the caller's, NULL for a device without one. Returns 0; an errno. */
static int find_node(const char *instance_id, char **ret_node)
{
	struct pnpn_properties *properties;
	int r = pnpn_get_properties(connection, instance_id, &properties);

	if (r < 0)
		return r;
	const char *node = pnpn_properties_get(properties, "node", 0);
	*ret_node = node ? strdup(node) : NULL;
	r = node && !*ret_node ? -ENOMEM : 0;
	pnpn_properties_free(properties);
	return r;
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
		} else if (*ret_socket < 0) {
			r = find_node(file->instance_id, &file->node);
		}
	}
	if (r < 0) {
		file->handle = pnpn_close(file->handle);
		free(file->instance_id);
		file->instance_id = NULL;
	}
	pthread_mutex_unlock(&lock);
	return r;
}

static bool names_a_device(const char *name)
{
	return strncmp(name, "\\\\.\\", 4) == 0 || strncmp(name, "\\\\?\\", 4) == 0 ||
	       strncmp(name, "/dev/", 5) == 0;
}

/* Linux's own is opened there: *ret_io, NULL for what has no node. Returns 0; an error. */
static DWORD open_node(const struct device_file *file, const struct pnpn_device_how *how,
		       struct pnpn_device_io **ret_io)
{
	*ret_io = NULL;
	if (!file->node)
		return 0;
	struct pnpn_local_file *local = pnpn_local_file_open_node(file->node, how);
	if (!local)
		return GetLastError();
	*ret_io = pnpn_device_io_new_local(local, how->overlapped);
	if (*ret_io)
		return 0;
	pnpn_local_file_free(local);
	return ERROR_NOT_ENOUGH_MEMORY;
}

/* Its owner, who serves it, is asked: *ret_io. Returns 0; an error. */
static DWORD ask_owner(int socket, const struct pnpn_device_how *how,
		       struct pnpn_device_io **ret_io)
{
	int32_t status;

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

HANDLE pnpn_device_file_make(struct pnpn_local_file *local, bool overlapped)
{
	struct device_file *file = calloc(1, sizeof(*file));
	struct pnpn_device_io *io = file ? pnpn_device_io_new_local(local, overlapped) : NULL;

	if (io)
		return make_handle(file, io);
	free(file);
	pnpn_local_file_free(local);
	pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return INVALID_HANDLE_VALUE;
}

/* As documented, the last error says of two dispositions whether the file was there. */
static HANDLE create_file(const char *name, const struct pnpn_device_how *how)
{
	char *path = pnpn_file_path(name);
	bool existed = false;

	if (!path) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	struct pnpn_local_file *local = pnpn_local_file_open(path, how, &existed);
	free(path);
	HANDLE handle = local ? pnpn_device_file_make(local, how->overlapped)
			      : INVALID_HANDLE_VALUE;
	bool tells = how->disposition == CREATE_ALWAYS || how->disposition == OPEN_ALWAYS;
	if (handle != INVALID_HANDLE_VALUE)
		pnpn_fail(existed && tells ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	return handle;
}

/* One that the manager does not know, or that nobody manages, is a file as any other. */
static bool is_plain_node(const char *name, int r)
{
	return strncmp(name, "/dev/", 5) == 0 && (r == -ENOENT || r == -ENOTCONN);
}

static HANDLE create(const char *name, const struct pnpn_device_how *how)
{
	struct pnpn_device_io *io;
	struct device_file *file = calloc(1, sizeof(*file));
	int socket = -1;
	int r = file ? open_device(name, file, &socket) : -ENOMEM;

	if (r < 0) {
		free(file);
		if (is_plain_node(name, r))
			return create_file(name, how);
		pnpn_fail_errno(r);
		return INVALID_HANDLE_VALUE;
	}
	DWORD error = socket < 0 ? open_node(file, how, &io) : ask_owner(socket, how, &io);
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
	const struct pnpn_device_how how = {.access = access,
					    .share = share,
					    .disposition = disposition,
					    .flags = flags,
					    .overlapped = (flags & FILE_FLAG_OVERLAPPED) != 0};
	char device[PNPN_DOS_DEVICE_BYTES];
	if (pnpn_dos_device(name, device))
		return create(device, &how);
	return names_a_device(name) && !pnpn_is_dos_file(name) ? create(name, &how)
							       : create_file(name, &how);
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
	bool is_device = file && file->instance_id;
	char *id = is_device ? strdup(file->instance_id) : NULL;
	if (id)
		*ret_number = file->number;
	pnpn_object_unref(object);
	if (!id)
		pnpn_fail(is_device ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_HANDLE);
	return id;
}
