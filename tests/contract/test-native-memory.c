/* SPDX-License-Identifier: MIT */
/* Each allocation of a client fails in turn: it is told, or does without; nothing aborts, crashes or hangs (V2). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "process.h"

/* More than a client makes; only a test that went wrong gets there. */
#define ALLOCATIONS_MOST 5000

/* Longer than any run takes. */
#define PATIENCE_SECONDS 60

static const struct pnpn_guid guid = {0x3d0e5a10, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class = {0x3d0e5a11, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

/* --- allocations that fail ------------------------------------------------------------------------ */

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);

static unsigned long made, failing; /* 0: none */

static bool fails(void)
{
	return failing && ++made == failing;
}

/* The program's own ones: the libraries' calls come here too. */
#define EXPORT __attribute__((visibility("default")))

EXPORT void *malloc(size_t bytes)
{
	return fails() ? NULL : __libc_malloc(bytes);
}

EXPORT void *calloc(size_t count, size_t bytes)
{
	return fails() ? NULL : __libc_calloc(count, bytes);
}

EXPORT void *realloc(void *old, size_t bytes)
{
	return fails() ? NULL : __libc_realloc(old, bytes);
}

/* --- what a client does --------------------------------------------------------------------------- */

static void take(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	for (int i = 0; i < 5; i++) {
		(void)pnpn_wait(connection, 1);
		while (pnpn_next_event(connection, &event) > 0)
			(void)pnpn_event_get_text(event);
	}
}

static void own_and_follow(struct pnpn_connection *driver, struct pnpn_connection *application)
{
	struct pnpn_device *device = NULL;
	struct pnpn_handle *handle = NULL;
	char id[64], *name = NULL;

	snprintf(id, sizeof(id), "ROOT\\MEMORY\\%d", (int)getpid());
	(void)pnpn_register_class(application, &class, PNPN_REGISTER_EXISTING, NULL, NULL);
	if (pnpn_device_new(driver, id, &device) < 0)
		return;
	(void)pnpn_device_add_link(device, "\\\\.\\Memory");
	if (pnpn_device_add_interface(device, &class, NULL, &name) >= 0)
		(void)pnpn_device_enable_interface(device, name, true);
	(void)pnpn_device_start(device);
	(void)pnpn_register_device(application, id, 0, NULL, NULL);
	(void)pnpn_open(application, id, &handle);
	(void)pnpn_device_report_text(device, &guid, "x", 1, "text");
	take(application);
	pnpn_device_remove(device);
	take(application);
	pnpn_close(handle);
	free(name);
}

struct run {
	const char *address;
	unsigned long failing;
	unsigned long *ret_made;
};

static int run_client(int socket, const void *argument)
{
	const struct run *run = argument;
	struct pnpn_connection *driver = NULL, *application = NULL;

	alarm(PATIENCE_SECONDS);
	failing = run->failing;
	if (pnpn_connect(&driver, run->address) >= 0 &&
	    pnpn_connect_lasting(&application, run->address) >= 0)
		own_and_follow(driver, application);
	pnpn_disconnect(application);
	pnpn_disconnect(driver);
	*run->ret_made = made;
	failing = 0;
	return 0;
}

static void v2_each_allocation_of_a_client_fails_in_turn(void **state)
{
	struct manager_process manager;
	struct run run = {.failing = 1};

	run.ret_made = mmap(NULL, sizeof(*run.ret_made), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(run.ret_made, MAP_FAILED);
	manager_process_init(&manager);
	run.address = manager.address;
	do {
		struct child child;
		child_init(&child, run_client, &run);
		int status = child_wait(&child);
		if (status)
			fail_msg("allocation %lu: %d", run.failing, status);
	} while (*run.ret_made >= run.failing && ++run.failing < ALLOCATIONS_MOST);
	assert_true(run.failing > 100 && run.failing < ALLOCATIONS_MOST);
	manager_process_deinit(&manager);
	munmap(run.ret_made, sizeof(*run.ret_made));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_each_allocation_of_a_client_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
