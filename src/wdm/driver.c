/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "wdm/driver.h"
#include "wdm/irql.h"
#include "wdm/object.h"
#include "wdm/pool.h"
#include "wdm/text.h"
#include "wdm/thread.h"
#include "wdm/timer.h"
#include "wdm/verifier.h"

#define IO_TYPE_DRIVER	  4
#define DRIVER_NAME_BYTES 64

/* The linker's name for this library's own ELF header. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct driver_body {
	DRIVER_OBJECT object;
	DRIVER_EXTENSION extension;
	char name[DRIVER_NAME_BYTES];
};

NTSTATUS pnpn_driver_dispatch_none(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

static void driver_destroy(void *body)
{
	struct driver_body *driver = body;

	if (driver->object.DriverName.Buffer)
		RtlFreeUnicodeString(&driver->object.DriverName);
	if (driver->extension.ServiceKeyName.Buffer)
		RtlFreeUnicodeString(&driver->extension.ServiceKeyName);
}

PDRIVER_OBJECT pnpn_driver_new(const char *name)
{
	struct driver_body *driver = pnpn_object_new(&pnpn_object_type_driver, sizeof(*driver),
						     driver_destroy);

	if (!driver)
		return NULL;
	snprintf(driver->name, sizeof(driver->name), "%s", name);
	driver->object.Type = IO_TYPE_DRIVER;
	driver->object.Size = sizeof(DRIVER_OBJECT);
	driver->object.DriverExtension = &driver->extension;
	driver->extension.DriverObject = &driver->object;
	for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->object.MajorFunction[i] = pnpn_driver_dispatch_none;
	if (!NT_SUCCESS(
		    pnpn_text_to_unicode("\\Driver\\", driver->name, &driver->object.DriverName)) ||
	    !NT_SUCCESS(
		    pnpn_text_to_unicode("", driver->name, &driver->extension.ServiceKeyName))) {
		ObDereferenceObject(driver);
		return NULL;
	}
	return &driver->object;
}

const char *pnpn_driver_get_name(PDRIVER_OBJECT driver)
{
	return ((struct driver_body *)driver)->name;
}

static int driver_refuse(const char *path, const char *why, int r)
{
	fprintf(stderr, "pnpnotify host: %s: %s\n", path, why);
	return r;
}

/* What dlopen() would say of these is hard to read. */
static int driver_check_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	ElfW(Ehdr) header = {0};

	if (fd < 0)
		return driver_refuse(path, strerrordesc_np(errno), -errno);
	ssize_t n = fstat(fd, &info) || !S_ISREG(info.st_mode) ? 0
							       : read(fd, &header, sizeof(header));
	close(fd);
	if (n > 2 && !memcmp(header.e_ident, "MZ", 2))
		return driver_refuse(path,
				     "a driver built for Windows; build its source with"
				     " cc -shared -fPIC $(pkg-config --cflags pnpnotify-wdm)",
				     -ENOEXEC);
	if (n < (ssize_t)sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG))
		return driver_refuse(path, "not a shared object", -ENOEXEC);
	if (header.e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
	    header.e_machine != __ehdr_start.e_machine)
		return driver_refuse(path, "built for another kind of machine", -ENOEXEC);
	if (header.e_type != ET_DYN)
		return driver_refuse(path, "not a shared object: link it with -shared", -ENOEXEC);
	return 0;
}

int pnpn_driver_load(const char *path, PDRIVER_INITIALIZE *ret_entry)
{
	int r = driver_check_file(path);
	if (r < 0)
		return r;
	/* Without a slash dlopen() would search elsewhere. */
	char *full = realpath(path, NULL);
	if (!full)
		return driver_refuse(path, strerrordesc_np(errno), -errno);
	void *module = dlopen(full, RTLD_NOW | RTLD_LOCAL);
	free(full);
	if (!module)
		return driver_refuse(path, dlerror(), -ENOEXEC);
	void *entry = dlsym(module, "DriverEntry");
	if (!entry) {
		dlclose(module);
		return driver_refuse(path, "no driver: it has no DriverEntry", -ENOEXEC);
	}
	*ret_entry = (PDRIVER_INITIALIZE)(uintptr_t)entry;
	return 0;
}

static void driver_name_from_path(const char *path, char name[DRIVER_NAME_BYTES])
{
	const char *base = strrchr(path, '/');

	snprintf(name, DRIVER_NAME_BYTES, "%s", base ? base + 1 : path);
	char *dot = strrchr(name, '.');
	if (dot && dot != name)
		*dot = 0;
}

NTSTATUS pnpn_driver_start(const char *path, PDRIVER_INITIALIZE entry, PDRIVER_OBJECT *ret_driver)
{
	static const char services[] = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
	char name[DRIVER_NAME_BYTES];
	UNICODE_STRING registry;

	driver_name_from_path(path, name);
	PDRIVER_OBJECT driver = pnpn_driver_new(name);
	if (!driver)
		return STATUS_INSUFFICIENT_RESOURCES;
	driver->DriverInit = entry;
	NTSTATUS status = pnpn_text_to_unicode(services, name, &registry);
	if (NT_SUCCESS(status)) {
		status = entry(driver, &registry);
		pnpn_irql_restore(PASSIVE_LEVEL, "DriverEntry");
		RtlFreeUnicodeString(&registry);
	}
	if (!NT_SUCCESS(status)) {
		fprintf(stderr, "pnpnotify host: %s: DriverEntry failed with status 0x%08x\n", path,
			(unsigned int)status);
		ObDereferenceObject(driver);
		return status;
	}
	*ret_driver = driver;
	return STATUS_SUCCESS;
}

void pnpn_driver_tell_left(PDRIVER_OBJECT driver, const char *what, size_t left)
{
	if (!left)
		return;
	pnpn_verifier_broken("DriverUnload", "%s unloaded with %s left: %zu",
			     pnpn_driver_get_name(driver), what, left);
	fprintf(stderr, "pnpnotify host: %s unloaded with %s left: %zu\n",
		pnpn_driver_get_name(driver), what, left);
}

/* The file stays mapped, so they do no harm; on Windows they would. */
static void driver_look_for_left(PDRIVER_OBJECT driver)
{
	ULONG tag = 0;
	size_t blocks = pnpn_pool_count_of(driver->DriverInit, &tag);
	char memory[64];

	snprintf(memory, sizeof(memory), "pool memory of tag '%.4s'", (const char *)&tag);
	pnpn_driver_tell_left(driver, "devices", driver->DeviceObject ? 1 : 0);
	pnpn_driver_tell_left(driver, "threads", pnpn_threads_of_driver(driver->DriverInit));
	pnpn_driver_tell_left(driver, "timers", pnpn_timers_of_driver(driver->DriverInit));
	pnpn_driver_tell_left(driver, memory, blocks);
}

void pnpn_driver_stop(PDRIVER_OBJECT driver)
{
	if (!driver)
		return;
	if (driver->DriverUnload) {
		driver->DriverUnload(driver);
		pnpn_irql_restore(PASSIVE_LEVEL, "DriverUnload routine");
	}
	driver_look_for_left(driver);
	ObDereferenceObject(driver);
}
