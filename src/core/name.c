/* SPDX-License-Identifier: MIT */
#include "core/name.h"
#include "core/port.h"

static char to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* '#' is left out: it stands for the backslash in interface names, which must stay unambiguous. */
static bool is_instance_char(char c)
{
	static const char others[] = "_-.&{}:+@%=,~";

	if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	for (const char *p = others; *p; p++)
		if (*p == c)
			return true;
	return false;
}

/* What follows the prefix, or NULL. */
static const char *skip_prefix(const char *string, const char *prefix)
{
	while (*prefix)
		if (to_lower(*string++) != to_lower(*prefix++))
			return NULL;
	return string;
}

int pnpn_instance_id_normalize(const char *id, char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	if (!id)
		return -EINVAL;

	char upper[PNPN_INSTANCE_ID_BYTES];
	size_t length = 0;
	int parts = 1;
	size_t part_length = 0;

	for (; id[length]; length++) {
		if (length == sizeof(upper) - 1)
			return -EINVAL;
		char c = to_upper(id[length]);
		if (c == '\\') {
			if (!part_length)
				return -EINVAL;
			parts++;
			part_length = 0;
		} else if (is_instance_char(c)) {
			part_length++;
		} else {
			return -EINVAL;
		}
		upper[length] = c;
	}
	if (parts != 3 || !part_length)
		return -EINVAL;
	memcpy(ret_id, upper, length);
	ret_id[length] = 0;
	return 0;
}

/* A name under construction; too long is remembered, not written. */
struct name_builder {
	char text[PNPN_NAME_BYTES];
	size_t length;
	bool too_long;
};

static void builder_add(struct name_builder *builder, char c)
{
	if (builder->length == sizeof(builder->text) - 1) {
		builder->too_long = true;
		return;
	}
	builder->text[builder->length++] = c;
}

static void builder_add_lower(struct name_builder *builder, const char *string)
{
	while (*string)
		builder_add(builder, to_lower(*string++));
}

/* Two of the instance id's three parts stand before the second '#' and are in upper case. */
static void builder_add_instance(struct name_builder *builder, const char *instance_id)
{
	int hashes = 0;

	for (const char *p = instance_id; *p; p++) {
		if (*p == '\\') {
			hashes++;
			builder_add(builder, '#');
		} else {
			builder_add(builder, hashes < 2 ? to_upper(*p) : to_lower(*p));
		}
	}
}

int pnpn_interface_name_format(const char *instance_id, const struct pnpn_guid *interface_class,
			       const char *reference, char ret_name[PNPN_NAME_BYTES])
{
	if (!reference)
		reference = "";
	for (const char *p = reference; *p; p++)
		if (*p == '/' || *p == '\\')
			return -EINVAL;

	char class_text[PNPN_GUID_STRING];
	struct name_builder builder = {.length = 0};

	pnpn_guid_to_string(interface_class, class_text);
	builder_add_lower(&builder, "\\\\?\\");
	builder_add_instance(&builder, instance_id);
	builder_add_lower(&builder, "#{");
	builder_add_lower(&builder, class_text);
	builder_add(&builder, '}');
	if (*reference)
		builder_add(&builder, '\\');
	builder_add_lower(&builder, reference);
	if (builder.too_long)
		return -EINVAL;
	memcpy(ret_name, builder.text, builder.length);
	ret_name[builder.length] = 0;
	return 0;
}

/* An interface's name, and none else, goes on with its class in braces. */
static bool has_class(const char *name)
{
	for (; *name; name++)
		if (name[0] == '#' && name[1] == '{')
			return true;
	return false;
}

bool pnpn_link_is_valid(const char *link)
{
	const char *name = link ? skip_prefix(link, "\\\\.\\") : NULL;

	if (!name || !*name || has_class(name))
		return false;
	for (const char *p = name; *p; p++)
		if (*p == '\\' || *p == '/' || (unsigned char)*p < 0x20)
			return false;
	return strlen(link) < PNPN_NAME_BYTES;
}

/* The folders that these names stand in have themselves under the name of Global. */
static int spell(const char *name, const char *const *prefixes, size_t n_prefixes,
		 char ret_name[PNPN_NAME_BYTES])
{
	const char *rest = NULL, *global;

	for (size_t i = 0; i < n_prefixes && !rest; i++)
		rest = skip_prefix(name, prefixes[i]);
	if (!rest)
		return -EINVAL;
	global = skip_prefix(rest, "Global\\");
	rest = global ? global : rest;
	size_t length = strlen(rest);
	if (!length || length > PNPN_NAME_BYTES - 5)
		return -EINVAL;
	memcpy(ret_name, has_class(rest) ? "\\\\?\\" : "\\\\.\\", 4);
	memcpy(ret_name + 4, rest, length + 1);
	return 0;
}

static const char *const spellings[] = {"\\??\\", "\\DosDevices\\",
					"\\GLOBAL??\\", /* the kernel's */
					"\\\\.\\", "\\\\?\\"};

int pnpn_name_from_kernel(const char *name, char ret_name[PNPN_NAME_BYTES])
{
	return spell(name, spellings, 3, ret_name);
}

int pnpn_name_normalize(const char *name, char ret_name[PNPN_NAME_BYTES])
{
	return spell(name, spellings, sizeof(spellings) / sizeof(spellings[0]), ret_name);
}

static bool is_interface_prefix(const char *name)
{
	return skip_prefix(name, "\\\\?\\") || skip_prefix(name, "\\??\\");
}

bool pnpn_name_equal(const char *a, const char *b)
{
	if (is_interface_prefix(a) && is_interface_prefix(b)) {
		a += 4;
		b += 4;
	}
	while (*a && to_lower(*a) == to_lower(*b)) {
		a++;
		b++;
	}
	return to_lower(*a) == to_lower(*b);
}
