/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "native-fixture.h"

const struct pnpn_guid native_event = {0x7d1f3a90, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};
const struct pnpn_guid native_class = {0x7d1f3a91, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};

int native_setup(void **state)
{
	struct native_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(pnpn_manager_start(&f->manager, NULL, 0), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->driver), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	*state = f;
	return 0;
}

int native_teardown(void **state)
{
	struct native_fixture *f = *state;

	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_manager_stop(f->manager);
	free(f);
	return 0;
}

struct pnpn_device *native_device(struct pnpn_connection *driver, const char *id, char **ret_name)
{
	struct pnpn_device *device;
	char *name;

	assert_int_equal(pnpn_device_new(driver, id, &device), 0);
	assert_int_equal(pnpn_device_add_interface(device, &native_class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	if (ret_name)
		*ret_name = name;
	else
		free(name);
	return device;
}

void native_report(struct pnpn_device *device, uint64_t number)
{
	assert_int_equal(pnpn_device_report(device, &native_event, &number, sizeof(number),
					    PNPN_NAME_OFFSET_NONE),
			 0);
}

const struct pnpn_event *native_expect(struct pnpn_connection *connection,
				       enum pnpn_event_kind kind, const char *id)
{
	const struct pnpn_event *event = wait_for_event(connection);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), id);
	return event;
}

void native_expect_number(struct pnpn_connection *connection, const char *id, uint64_t number)
{
	const struct pnpn_event *event = native_expect(connection, PNPN_EVENT_CUSTOM, id);
	size_t size;

	assert_memory_equal(pnpn_event_get_data(event, &size), &number, sizeof(number));
	assert_int_equal(size, sizeof(number));
}

/* A round trip to the manager first: whatever it sent before the answer is here then. */
void native_expect_nothing(struct pnpn_connection *connection)
{
	struct pnpn_device_list *list;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	pnpn_device_list_free(list);
	assert_int_equal(pnpn_dispatch(connection), 0);
	assert_int_equal(pnpn_next_event(connection, &event), 0);
}
