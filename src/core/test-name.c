/* SPDX-License-Identifier: MIT */
/* D1, D2: names of devices and interfaces; GUIDs and text as they stand in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/guid.h"
#include "core/name.h"
#include "core/port.h"
#include "core/utf.h"

static const struct pnpn_guid class = {
	0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};

static void d1_upper_case_up_to_the_second_hash(void **state)
{
	char name[PNPN_NAME_BYTES];

	assert_int_equal(pnpn_interface_name_format("Root\\Hello\\Abc0", &class, NULL, name), 0);
	assert_string_equal(name, "\\\\?\\ROOT#HELLO#abc0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}");
}

static void d2_reference_strings(void **state)
{
	char name[PNPN_NAME_BYTES] = "untouched";

	assert_int_equal(pnpn_interface_name_format("A\\B\\C", &class, "x/y", name), -EINVAL);
	assert_int_equal(pnpn_interface_name_format("A\\B\\C", &class, "x\\y", name), -EINVAL);
	assert_string_equal(name, "untouched");
	assert_int_equal(pnpn_interface_name_format("A\\B\\C", &class, "Ref1", name), 0);
	assert_string_equal(name, "\\\\?\\A#B#c#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}\\ref1");
}

static void instance_ids(void **state)
{
	char id[PNPN_INSTANCE_ID_BYTES] = "untouched";
	static const char *const refused[] = {
		"",	  "A",	       "A\\B",	    "A\\B\\C\\D", "\\B\\C",	   "A\\\\C",
		"A\\B\\", "A\\B\\C#D", "A\\B\\C/D", "A\\B\\C D",  "A\\B\\\xc3\xa4"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(pnpn_instance_id_normalize(refused[i], id), -EINVAL);
	assert_int_equal(pnpn_instance_id_normalize(NULL, id), -EINVAL);
	assert_string_equal(id, "untouched");
	assert_int_equal(pnpn_instance_id_normalize("Root\\hello_1\\{0}&x.y-z", id), 0);
	assert_string_equal(id, "ROOT\\HELLO_1\\{0}&X.Y-Z");
}

static void an_instance_id_may_have_200_bytes(void **state)
{
	char longest[202], id[PNPN_INSTANCE_ID_BYTES];

	memset(longest, 'A', sizeof(longest) - 1);
	longest[201] = 0;
	longest[1] = longest[3] = '\\';
	assert_int_equal(pnpn_instance_id_normalize(longest, id), -EINVAL);
	longest[200] = 0;
	assert_int_equal(pnpn_instance_id_normalize(longest, id), 0);
	char name[PNPN_NAME_BYTES];
	assert_int_equal(pnpn_interface_name_format(id, &class, NULL, name), 0);
}

static void links(void **state)
{
	assert_true(pnpn_link_is_valid("\\\\.\\Hello"));
	assert_false(pnpn_link_is_valid("\\\\.\\"));
	assert_false(pnpn_link_is_valid("\\\\?\\Hello"));
	assert_false(pnpn_link_is_valid("\\\\.\\a\\b"));
	assert_false(pnpn_link_is_valid("\\\\.\\a/b"));
	assert_false(pnpn_link_is_valid("\\\\.\\a\nb"));
	assert_false(pnpn_link_is_valid(NULL));
}

static void names_are_equal_but_for_case(void **state)
{
	assert_true(pnpn_name_equal("\\\\?\\ROOT#x", "\\??\\root#X"));
	assert_true(pnpn_name_equal("\\\\.\\Hello", "\\\\.\\hELLO"));
	assert_false(pnpn_name_equal("\\\\.\\Hello", "\\\\.\\Hello1"));
	assert_false(pnpn_name_equal("\\\\?\\Hello", "\\\\.\\Hello"));
}

/* Each spelling with and without Global\\, for a link and for an interface. */
static void d1_every_spelling_is_one_name(void **state)
{
	static const char *const prefixes[] = {"\\\\.\\",	 "\\\\?\\",	 "\\??\\",
					       "\\DosDevices\\", "\\GLOBAL??\\", "\\dosdevices\\"};
	static const char *const folders[] = {"", "Global\\", "GLOBAL\\"};
	static const char *const names[][2] = {
		{"Hello#1", "\\\\.\\Hello#1"},
		{"A#B#c#{x}\\ref", "\\\\?\\A#B#c#{x}\\ref"},
	};
	char spelt[PNPN_NAME_BYTES], name[PNPN_NAME_BYTES];

	for (size_t i = 0; i < 6 * 3 * 2; i++) {
		const char *prefix = prefixes[i / 6];
		snprintf(spelt, sizeof(spelt), "%s%s%s", prefix, folders[i / 2 % 3],
			 names[i % 2][0]);
		assert_int_equal(pnpn_name_normalize(spelt, name), 0);
		assert_string_equal(name, names[i % 2][1]);
		memset(name, 0, sizeof(name));
		assert_int_equal(pnpn_name_from_kernel(spelt, name),
				 prefix[1] == '\\' ? -EINVAL : 0);
		assert_string_equal(name, prefix[1] == '\\' ? "" : names[i % 2][1]);
	}
}

static void d1_what_is_no_name(void **state)
{
	static const char *const refused[] = {"",
					      "\\",
					      "Hello",
					      "\\\\.\\",
					      "\\??\\",
					      "\\??",
					      "\\DosDevices\\Global\\",
					      "\\Device\\X",
					      "A\\B\\C"};
	char name[PNPN_NAME_BYTES] = "untouched", longest[PNPN_NAME_BYTES + 1];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(pnpn_name_normalize(refused[i], name), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "\\\\.\\", 4);
	longest[PNPN_NAME_BYTES] = 0;
	assert_int_equal(pnpn_name_normalize(longest, name), -EINVAL);
	assert_string_equal(name, "untouched");
	longest[PNPN_NAME_BYTES - 1] = 0;
	assert_int_equal(pnpn_name_normalize(longest, name), 0);
	assert_string_equal(name, longest);
}

/* Else \\\\.\\ and an interface's name would open what somebody else made. */
static void d9_no_link_is_called_as_an_interface(void **state)
{
	assert_true(pnpn_link_is_valid("\\\\.\\A#B#C"));
	assert_false(pnpn_link_is_valid("\\\\.\\A#B#C#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"));
}

static void guids_as_text(void **state)
{
	struct pnpn_guid guid;
	char text[PNPN_GUID_STRING];
	static const char *const refused[] = {
		"",
		"53f56307-b6bf-11d0-94f2-00a0c91efb8",
		"53f56307-b6bf-11d0-94f2-00a0c91efb8bb",
		"{53f56307-b6bf-11d0-94f2-00a0c91efb8b",
		"53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
		"53f56307xb6bf-11d0-94f2-00a0c91efb8b",
		"53f5630g-b6bf-11d0-94f2-00a0c91efb8b",
	};

	assert_int_equal(pnpn_guid_from_string("{53F56307-B6BF-11D0-94F2-00A0C91EFB8B}", &guid), 0);
	assert_true(pnpn_guid_equal(&guid, &class));
	pnpn_guid_to_string(&guid, text);
	assert_string_equal(text, "53f56307-b6bf-11d0-94f2-00a0c91efb8b");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(pnpn_guid_from_string(refused[i], &guid), -EINVAL);
	assert_int_equal(pnpn_guid_from_string(NULL, &guid), -EINVAL);
	assert_false(pnpn_guid_is_null(&guid));
}

static void u6_text_goes_both_ways(void **state)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
	uint16_t units[16] = {0};
	size_t n;
	char back[64];

	assert_int_equal(pnpn_utf8_to_utf16(text, NULL, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(pnpn_utf8_to_utf16(text, units, &n), 0);
	assert_int_equal(units[3], 0xd83d);
	assert_int_equal(pnpn_utf16_to_utf8(units, sizeof(units), back), strlen(text));
	assert_string_equal(back, text);
	units[4] = 'x'; /* the high surrogate has lost its low one */
	pnpn_utf16_to_utf8(units, sizeof(units), back);
	assert_string_equal(back, "a\xc3\xa4\xe2\x82\xac\xef\xbf\xbdx");
}

static void bad_utf8_is_refused(void **state)
{
	static const char *const refused[] = {"\x80",	      "\xc3",	      "\xc0\xaf",
					      "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
					      "\xff"};
	size_t n = 77;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(pnpn_utf8_to_utf16(refused[i], NULL, &n), -EILSEQ);
	assert_int_equal(n, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d1_upper_case_up_to_the_second_hash),
		cmocka_unit_test(d2_reference_strings),
		cmocka_unit_test(instance_ids),
		cmocka_unit_test(an_instance_id_may_have_200_bytes),
		cmocka_unit_test(links),
		cmocka_unit_test(names_are_equal_but_for_case),
		cmocka_unit_test(d1_every_spelling_is_one_name),
		cmocka_unit_test(d1_what_is_no_name),
		cmocka_unit_test(d9_no_link_is_called_as_an_interface),
		cmocka_unit_test(guids_as_text),
		cmocka_unit_test(u6_text_goes_both_ways),
		cmocka_unit_test(bad_utf8_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
