/* SPDX-License-Identifier: MIT */
/* R3, R4, R5: what may be reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/notification.h"
#include "core/port.h"
#include "pnpnotify/uapi.h"

static const struct pnpn_guid custom = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static struct pnpn_notification sound(void)
{
	return (struct pnpn_notification){
		.version = 1,
		.size = 36 + 8,
		.event = custom,
		.name_offset = PNPN_NO_TEXT,
	};
}

static void r3_system_events_are_refused(void **state)
{
	static const char *const system_events[] = {
		"cb3a4001-46f0-11d0-b08f-00609713053f", "cb3a4002-46f0-11d0-b08f-00609713053f",
		"cb3a4003-46f0-11d0-b08f-00609713053f", "cb3a4004-46f0-11d0-b08f-00609713053f",
		"cb3a4005-46f0-11d0-b08f-00609713053f", "cb3a4006-46f0-11d0-b08f-00609713053f",
		"cb3a4007-46f0-11d0-b08f-00609713053f", "cb3a4008-46f0-11d0-b08f-00609713053f",
		"aca73f8e-8d23-11d1-ac7d-0000f87571d0", "c2cf0660-eb7a-11d1-bd7f-0000f87571d0",
	};

	for (size_t i = 0; i < sizeof(system_events) / sizeof(system_events[0]); i++) {
		struct pnpn_notification notification = sound();
		assert_int_equal(pnpn_guid_from_string(system_events[i], &notification.event), 0);
		assert_int_equal(pnpn_notification_check(&notification), -EPERM);
		assert_int_equal(pnpn_report_check(&notification.event, 0, PNPN_NO_TEXT), -EPERM);
	}
}

static void r3_a_neighbour_of_a_system_event_is_no_system_event(void **state)
{
	struct pnpn_notification notification = sound();

	assert_int_equal(
		pnpn_guid_from_string("cb3a4009-46f0-11d0-b08f-00609713053f", &notification.event),
		0);
	assert_int_equal(pnpn_notification_check(&notification), 0);
}

static void r4_one_broken_thing_at_a_time(void **state)
{
	struct pnpn_notification notification = sound();

	assert_int_equal(pnpn_notification_check(&notification), 0);
	notification.version = 2;
	assert_int_equal(pnpn_notification_check(&notification), -EINVAL);
	notification = sound();
	notification.version = 0;
	assert_int_equal(pnpn_notification_check(&notification), -EINVAL);
	notification = sound();
	notification.has_file_object = true;
	assert_int_equal(pnpn_notification_check(&notification), -EINVAL);
	notification = sound();
	notification.size = 35;
	assert_int_equal(pnpn_notification_check(&notification), -EINVAL);
	notification.size = 36;
	assert_int_equal(pnpn_notification_check(&notification), 0);
	assert_int_equal(pnpn_report_check(NULL, 0, PNPN_NO_TEXT), -EINVAL);
}

static void r4_name_offsets(void **state)
{
	static const struct {
		int32_t offset;
		int expected;
	} cases[] = {{-1, 0},
		     {0, 0},
		     {2, 0},
		     {6, 0},
		     {-2, -EINVAL},
		     {1, -EINVAL},
		     {7, -EINVAL},
		     {8, -EINVAL},
		     {INT32_MAX, -EINVAL},
		     {INT32_MIN, -EINVAL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pnpn_notification notification = sound();
		notification.name_offset = cases[i].offset;
		assert_int_equal(pnpn_notification_check(&notification), cases[i].expected);
		assert_int_equal(pnpn_report_check(&custom, 8, cases[i].offset), cases[i].expected);
	}
}

static void r5_a_ushort_of_size_in_all(void **state)
{
	struct pnpn_notification notification = sound();

	notification.size = UINT16_MAX;
	assert_int_equal(pnpn_notification_check(&notification), 0);
	assert_int_equal(PNPN_DATA_MAX, UINT16_MAX - PNPN_NOTIFICATION_HEADER_BYTES);
	assert_int_equal(pnpn_report_check(&custom, PNPN_DATA_MAX, PNPN_NO_TEXT), 0);
	assert_int_equal(pnpn_report_check(&custom, PNPN_DATA_MAX + 1, PNPN_NO_TEXT), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r3_system_events_are_refused),
		cmocka_unit_test(r3_a_neighbour_of_a_system_event_is_no_system_event),
		cmocka_unit_test(r4_one_broken_thing_at_a_time),
		cmocka_unit_test(r4_name_offsets),
		cmocka_unit_test(r5_a_ushort_of_size_in_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
