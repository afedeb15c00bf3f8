/* SPDX-License-Identifier: MIT */
/* The layout of messages and descriptions: F2, F6. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fleet/description.h"
#include "fleet/message.h"

static const struct pnpn_guid event_guid = {0x7d1f3a90, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class_guid = {0x7d1f3a91, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};

#define EVENT_TEXT "7d1f3a90-52c4-4b1e-0102-030405060708"
#define CLASS_TEXT "7d1f3a91-52c4-4b1e-0102-030405060708"

static struct pnpn_fleet_message example(void)
{
	struct pnpn_fleet_message message = {
		.kind = PNPN_EVENT_CUSTOM,
		.host = "alpha",
		.boot = "0d4f-1",
		.device = "ROOT\\HELLO\\0000",
		.since = 17,
		.classes = {class_guid},
		.n_classes = 1,
		.guid = event_guid,
		.sequence = 5,
		.time = 1700000000123456789,
		.name_offset = 2,
		.data = "12h\0\0",
		.size = 6,
	};

	return message;
}

static int decode(const struct pnpn_fleet_text *text, struct pnpn_fleet_message *ret_message)
{
	return pnpn_fleet_message_decode(text->subject, text->headers, "12h\0\0", 6, ret_message);
}

/* What docs/fleet.md promises to whoever knows NATS alone. */
static void f2_the_layout_is_the_documented_one(void **state)
{
	struct pnpn_fleet_message message = example();
	struct pnpn_fleet_text text;

	assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
	assert_string_equal(text.subject,
			    "pnpn.v1.alpha." CLASS_TEXT ".ROOT=5CHELLO=5C0000." EVENT_TEXT);
	assert_string_equal(text.id, "alpha/0d4f-1/ROOT=5CHELLO=5C0000/5/1700000000123456789");
	assert_string_equal(text.headers[PNPN_FLEET_KIND], "event");
	assert_string_equal(text.headers[PNPN_FLEET_DEVICE], "ROOT\\HELLO\\0000");
	assert_string_equal(text.headers[PNPN_FLEET_CLASSES_LIST], CLASS_TEXT);
	assert_string_equal(text.headers[PNPN_FLEET_SEQUENCE], "5");
	assert_string_equal(text.headers[PNPN_FLEET_NAME_OFFSET], "2");
	assert_null(text.headers[PNPN_FLEET_LOST]);
	message.kind = PNPN_EVENT_DEVICE_REMOVED;
	message.n_classes = 0;
	message.sequence = 0;
	assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
	assert_string_equal(text.subject, "pnpn.v1.alpha.-.ROOT=5CHELLO=5C0000.device-removed");
}

static void f2_what_was_written_is_read(void **state)
{
	struct pnpn_fleet_message message = example(), again;
	struct pnpn_fleet_text text;

	message.lost = 3;
	assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
	assert_int_equal(decode(&text, &again), 0);
	assert_string_equal(again.device, message.device);
	assert_string_equal(again.boot, message.boot);
	assert_int_equal(again.sequence, 5);
	assert_int_equal(again.time, message.time);
	assert_int_equal(again.since, 17);
	assert_int_equal(again.lost, 3);
	assert_int_equal(again.name_offset, 2);
	assert_int_equal(again.n_classes, 1);
	assert_memory_equal(&again.guid, &event_guid, sizeof(event_guid));
}

/* Every byte that a name can have, and those that mean something to NATS, MQTT or a shell. */
static void f2_no_name_leaves_its_place(void **state)
{
	char name[256], token[800], again[256];

	for (int byte = 1; byte < 256; byte++)
		name[byte - 1] = (char)byte;
	name[255] = 0;
	assert_true(pnpn_token_encode(name, "", token, sizeof(token)) > 0);
	assert_null(strpbrk(token, ".*> \t\r\n/+#$\\"));
	assert_int_equal(pnpn_token_decode(token, strlen(token), again, sizeof(again)), 255);
	assert_string_equal(again, name);
	assert_int_equal(pnpn_token_encode("", "", token, sizeof(token)), -EINVAL);
	assert_int_equal(pnpn_token_encode("abc", "", token, 3), -ENAMETOOLONG);
	assert_int_equal(pnpn_token_encode("a.c", "", token, 6), 5);
	assert_int_equal(pnpn_token_encode("a.c", "", token, 5), -ENAMETOOLONG);
	static const char *const bad[] = {"=", "=4", "=4g", "=5c", "=00", "a=0"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pnpn_token_decode(bad[i], strlen(bad[i]), again, sizeof(again)),
				 -EBADMSG);
	static const char *const hosts[] = {"", "Alpha", "a.b", "a*", "a>", "a b", "ä"};
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_false(pnpn_host_is_valid(hosts[i]));
	assert_true(pnpn_host_is_valid("alpha-1_x"));
}

/* One header at a time says something that no machine would. */
static void f6_every_header_is_checked(void **state)
{
	static const struct {
		enum pnpn_fleet_header header;
		const char *value;
	} lies[] = {
		{PNPN_FLEET_KIND, NULL},
		{PNPN_FLEET_KIND, "device"},
		{PNPN_FLEET_KIND, "lost"},
		{PNPN_FLEET_HOST, NULL},
		{PNPN_FLEET_HOST, "beta"},
		{PNPN_FLEET_HOST, "alpha.beta"},
		{PNPN_FLEET_DEVICE, NULL},
		{PNPN_FLEET_DEVICE, "ROOT\\HELLO\\0001"},
		{PNPN_FLEET_DEVICE, "root\\hello\\0000"},
		{PNPN_FLEET_DEVICE, "ROOT"},
		{PNPN_FLEET_BOOT, "0123456789012345678901234567890123456789"},
		{PNPN_FLEET_INTERFACE, "\\\\?\\X"},
		{PNPN_FLEET_GUID, NULL},
		{PNPN_FLEET_GUID, CLASS_TEXT},
		{PNPN_FLEET_GUID, "{" EVENT_TEXT "}"},
		{PNPN_FLEET_GUID, "cb3a400e-46f0-11d0-b08f-00609713053f"},
		{PNPN_FLEET_CLASSES_LIST, NULL},
		{PNPN_FLEET_CLASSES_LIST, CLASS_TEXT "x"},
		{PNPN_FLEET_CLASSES_LIST, EVENT_TEXT},
		{PNPN_FLEET_SEQUENCE, NULL},
		{PNPN_FLEET_SEQUENCE, "0"},
		{PNPN_FLEET_SEQUENCE, "-1"},
		{PNPN_FLEET_SEQUENCE, ""},
		{PNPN_FLEET_SEQUENCE, "18446744073709551616"},
		{PNPN_FLEET_TIME, "1e9"},
		{PNPN_FLEET_SINCE, "x"},
		{PNPN_FLEET_LOST, "99999999999999999999999"},
		{PNPN_FLEET_NAME_OFFSET, "1"},
		{PNPN_FLEET_NAME_OFFSET, "6"},
		{PNPN_FLEET_NAME_OFFSET, "-2"},
		{PNPN_FLEET_NAME_OFFSET, "4294967296"},
	};
	struct pnpn_fleet_message message = example();
	struct pnpn_fleet_text text;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct pnpn_fleet_message again = {.sequence = 77};
		assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
		text.headers[lies[i].header] = lies[i].value;
		if (decode(&text, &again) != -EBADMSG)
			fail_msg("%s: %s", pnpn_fleet_header_names[lies[i].header], lies[i].value);
		assert_int_equal(again.sequence, 77);
	}
}

static void f6_the_subject_is_believed_alone(void **state)
{
	struct pnpn_fleet_message message = example(), again;
	struct pnpn_fleet_text text;

	assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
	strcpy(text.subject, "pnpn.v1.beta." CLASS_TEXT ".ROOT=5CHELLO=5C0000." EVENT_TEXT);
	assert_int_equal(decode(&text, &again), -EBADMSG);
	strcpy(text.subject, "pnpn.v1.alpha." CLASS_TEXT ".ROOT=5CHELLO=5C0000." CLASS_TEXT);
	assert_int_equal(decode(&text, &again), -EBADMSG);
}

static void f6_sizes_are_checked(void **state)
{
	static char large[65500];
	struct pnpn_fleet_message message = example(), again;
	struct pnpn_fleet_text text;

	message.name_offset = PNPN_NAME_OFFSET_NONE;
	assert_int_equal(pnpn_fleet_message_encode(&message, &text), 0);
	assert_int_equal(
		pnpn_fleet_message_decode(text.subject, text.headers, large, 65499, &again), 0);
	assert_int_equal(
		pnpn_fleet_message_decode(text.subject, text.headers, large, 65500, &again),
		-EBADMSG);
}

static void f2_descriptions_are_read_as_they_were_written(void **state)
{
	static struct pnpn_description description, again;
	static char text[PNPN_DESCRIPTION_BYTES];

	strcpy(description.device, "ROOT\\HELLO\\0000");
	description.since = 99;
	strcpy(description.links[0], "\\\\.\\Hello world");
	description.n_links = 1;
	description.interfaces[0].class = class_guid;
	description.interfaces[1].class = event_guid;
	strcpy(description.interfaces[1].reference, "left\nright=");
	description.n_interfaces = 2;
	int length = pnpn_description_encode(&description, text);
	assert_string_equal(text, "device ROOT\\HELLO\\0000\nsince 99\nlink \\\\.\\Hello=20world\n"
				  "interface " CLASS_TEXT "\n"
				  "interface " EVENT_TEXT " left=0Aright=3D\n");
	assert_int_equal(length, strlen(text));
	assert_int_equal(pnpn_description_decode(text, (size_t)length, &again), 0);
	assert_memory_equal(&again, &description, sizeof(description));
	assert_string_equal(pnpn_description_reference("\\\\?\\ROOT#A#0#{" CLASS_TEXT "}\\left"),
			    "left");
	assert_string_equal(pnpn_description_reference("\\\\?\\ROOT#A#0#{" CLASS_TEXT "}"), "");
}

static void f6_descriptions_are_checked(void **state)
{
	static struct pnpn_description description;
	static const char *const bad[] = {"",
					  "since 5\n",
					  "device root\\a\\b\n",
					  "device X\n",
					  "device ROOT\\A\\B\nlink sda\n",
					  "device ROOT\\A\\B\nlink \\\\.\\a\\b\n",
					  "device ROOT\\A\\B\nsince -5\n",
					  "device ROOT\\A\\B\nsince 5x\n",
					  "device ROOT\\A\\B\ninterface disk\n",
					  "device ROOT\\A\\B\nlink =\n"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pnpn_description_decode(bad[i], strlen(bad[i]), &description),
				 -EBADMSG);
	static const char more[] = "device ROOT\\A\\B\ncolour red\nblue\n";
	assert_int_equal(pnpn_description_decode(more, strlen(more), &description), 0);
	assert_int_equal(pnpn_description_decode(more, sizeof(more), &description), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(f2_the_layout_is_the_documented_one),
		cmocka_unit_test(f2_what_was_written_is_read),
		cmocka_unit_test(f2_no_name_leaves_its_place),
		cmocka_unit_test(f6_every_header_is_checked),
		cmocka_unit_test(f6_the_subject_is_believed_alone),
		cmocka_unit_test(f6_sizes_are_checked),
		cmocka_unit_test(f2_descriptions_are_read_as_they_were_written),
		cmocka_unit_test(f6_descriptions_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
