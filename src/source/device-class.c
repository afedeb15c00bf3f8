/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <uuid.h>

#include <pnpnotify/events.h>
#include "source/device-class.h"

#define STORAGE_CLASS(first) \
	{first, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}

const struct pnpn_guid pnpn_class_disk = STORAGE_CLASS(0x53f56307);
static const struct pnpn_guid cdrom = STORAGE_CLASS(0x53f56308);
static const struct pnpn_guid partition = STORAGE_CLASS(0x53f5630a);
const struct pnpn_guid pnpn_class_volume = STORAGE_CLASS(0x53f5630d);
static const struct pnpn_guid network = {
	0xcac88484, 0x7515, 0x4c03, {0x82, 0xe6, 0x71, 0xa8, 0x7a, 0xba, 0xc3, 0x61}};
const struct pnpn_guid pnpn_class_serial = {
	0x86e0d1e0, 0x8089, 0x11d0, {0x9c, 0xe4, 0x08, 0x00, 0x3e, 0x30, 0x1f, 0x73}};
static const struct pnpn_guid usb = {
	0xa5dcbf10, 0x6530, 0x11d2, {0x90, 0x1f, 0x00, 0xc0, 0x4f, 0xb9, 0x51, 0xed}};
static const struct pnpn_guid hub = {
	0xf18a0e88, 0xc30c, 0x11d0, {0x88, 0x15, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0xd8}};
static const struct pnpn_guid hid = {
	0x4d1e55b2, 0xf16f, 0x11cf, {0x88, 0xcb, 0x00, 0x11, 0x11, 0x00, 0x00, 0x30}};
static const struct pnpn_guid keyboard = {
	0x884b96c3, 0x56ef, 0x11d1, {0xbc, 0x8c, 0x00, 0xa0, 0xc9, 0x14, 0x05, 0xdd}};
static const struct pnpn_guid mouse = {
	0x378de44c, 0x56ef, 0x11d1, {0xbc, 0x8c, 0x00, 0xa0, 0xc9, 0x14, 0x05, 0xdd}};

/* Bits of an input device's capabilities: the keys of the first row and a few more; a left button. */
#define KEYBOARD_KEYS 0xfffffffeul
#define BUTTON_MOUSE  0x110
#define REL_X_AND_Y   0x3ul

static bool is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

static bool property_is_one(struct udev_device *device, const char *name)
{
	return is(udev_device_get_property_value(device, name), "1");
}

/* One word of a bitmap that sysfs writes as hexadecimal words of a long each, the highest first. */
static unsigned long capability(struct udev_device *input, const char *name, unsigned int bit)
{
	const char *text = udev_device_get_sysattr_value(input, name);
	unsigned int words_after = bit / (8 * sizeof(long));

	for (const char *word = text ? text + strlen(text) : NULL; word && word > text;) {
		while (word > text && word[-1] != ' ')
			word--;
		if (!words_after--)
			return strtoul(word, NULL, 16);
		if (word > text)
			word--;
	}
	return 0;
}

/* udev says what an input device is; where it does not look, its keys and axes tell. */
static size_t input_classes(struct udev_device *device, struct pnpn_guid *classes)
{
	struct udev_device *input = udev_device_get_parent_with_subsystem_devtype(device, "input",
										  NULL);
	size_t n = 0;

	if (strncmp(udev_device_get_sysname(device), "event", 5) != 0)
		return 0;
	bool told = udev_device_get_property_value(device, "ID_INPUT");
	bool keys = input &&
		    (capability(input, "capabilities/key", 0) & KEYBOARD_KEYS) == KEYBOARD_KEYS;
	bool points = input &&
		      (capability(input, "capabilities/rel", 0) & REL_X_AND_Y) == REL_X_AND_Y &&
		      capability(input, "capabilities/key", BUTTON_MOUSE) >> BUTTON_MOUSE % 64 & 1;
	if (told ? property_is_one(device, "ID_INPUT_KEYBOARD") : keys)
		classes[n++] = keyboard;
	if (told ? property_is_one(device, "ID_INPUT_MOUSE") : points)
		classes[n++] = mouse;
	return n;
}

static size_t usb_classes(struct udev_device *device, struct pnpn_guid *classes)
{
	size_t n = 0;

	classes[n++] = usb;
	if (is(udev_device_get_sysattr_value(device, "bDeviceClass"), "09"))
		classes[n++] = hub;
	return n;
}

static size_t block_classes(struct udev_device *device, bool has_volume, struct pnpn_guid *classes)
{
	size_t n = 0;

	if (is(udev_device_get_devtype(device), "partition"))
		classes[n++] = partition;
	else if (strncmp(udev_device_get_sysname(device), "sr", 2) == 0)
		classes[n++] = cdrom;
	else
		classes[n++] = pnpn_class_disk;
	if (has_volume)
		classes[n++] = pnpn_class_volume;
	return n;
}

/* A terminal with hardware behind it: not a virtual one, not a place where a port could be. */
static bool is_serial(struct udev_device *device)
{
	return udev_device_get_parent(device) && udev_device_get_devnode(device) &&
	       !is(udev_device_get_sysattr_value(device, "type"), "0");
}

/* uuid_t has the bytes of the text in order, the structure its first parts in the machine's. */
static void subsystem_class(const char *subsystem, struct pnpn_guid *ret_class)
{
	struct pnpn_guid space = PNPN_SUBSYSTEM_NAMESPACE;
	char text[PNPN_GUID_STRING];
	uuid_t namespace_uuid, made;

	pnpn_guid_to_string(&space, text);
	uuid_parse(text, namespace_uuid);
	uuid_generate_sha1(made, namespace_uuid, subsystem, strlen(subsystem));
	uuid_unparse_lower(made, text);
	(void)pnpn_guid_from_string(text, ret_class);
}

size_t pnpn_device_classes(struct udev_device *device, bool has_volume,
			   struct pnpn_guid classes[PNPN_DEVICE_CLASSES])
{
	const char *subsystem = udev_device_get_subsystem(device);
	size_t n = 0;

	if (is(subsystem, "block"))
		return block_classes(device, has_volume, classes);
	if (is(subsystem, "net"))
		classes[n++] = network;
	else if (is(subsystem, "tty") && is_serial(device))
		classes[n++] = pnpn_class_serial;
	else if (is(subsystem, "usb") && is(udev_device_get_devtype(device), "usb_device"))
		n = usb_classes(device, classes);
	else if (is(subsystem, "hid"))
		classes[n++] = hid;
	else if (is(subsystem, "input"))
		n = input_classes(device, classes);
	if (!n && subsystem)
		subsystem_class(subsystem, &classes[n++]);
	return n;
}
