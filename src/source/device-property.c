/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <uuid.h>

#include <pnpnotify/events.h>
#include "source/device-id.h"
#include "source/device-property.h"
#include "source/linux-name.h"

/* Texts are no longer than this; they are cut off. */
#define TEXT_BYTES 256

/* What is built in, for Windows: the computer's own container. */
#define OWN_CONTAINER "00000000-0000-0000-ffff-ffffffffffff"

static bool is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

static void tell(const struct pnpn_property_sink *sink, const char *key, const char *value)
{
	if (value && *value)
		sink->add(sink->userdata, key, value);
}

__attribute__((format(printf, 3, 4))) static void tell_format(const struct pnpn_property_sink *sink,
							      const char *key, const char *format,
							      ...)
{
	char value[TEXT_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value, sizeof(value), format, arguments);
	va_end(arguments);
	tell(sink, key, value);
}

/* Without the spaces and the quotes around it; false if nothing is left. */
static bool copy_text(const char *text, char ret_text[TEXT_BYTES])
{
	size_t length = text ? strlen(text) : 0;

	while (length && strchr(" \t\n\"", text[length - 1]))
		length--;
	while (length && strchr(" \t\n\"", *text)) {
		text++;
		length--;
	}
	snprintf(ret_text, TEXT_BYTES, "%.*s", (int)length, text ? text : "");
	return length > 0;
}

static unsigned long number_attribute(struct udev_device *device, const char *name, int base)
{
	const char *text = udev_device_get_sysattr_value(device, name);

	return text ? strtoul(text, NULL, base) : 0;
}

/* --- its kind ------------------------------------------------------------------------------------- */

/* By the first two digits of PCI's class; what is missing is one of the system's. */
static const char *pci_kind(unsigned long class)
{
	static const struct {
		unsigned long class;
		const char *kind;
	} kinds[] = {
		{0x0c03, "USB"}, {0x0101, "HDC"},   {0x0106, "HDC"}, {0x01, "SCSIAdapter"},
		{0x02, "Net"},	 {0x03, "Display"}, {0x04, "Media"}, {0x0d, "Net"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (class >> 8 == kinds[i].class || class >> 16 == kinds[i].class)
			return kinds[i].kind;
	return "System";
}

static const char *block_kind(struct udev_device *device)
{
	if (is(udev_device_get_devtype(device), "partition"))
		return "Volume";
	return strncmp(udev_device_get_sysname(device), "sr", 2) == 0 ? "CDROM" : "DiskDrive";
}

static const char *input_kind(struct udev_device *device)
{
	if (is(udev_device_get_property_value(device, "ID_INPUT_KEYBOARD"), "1"))
		return "Keyboard";
	return is(udev_device_get_property_value(device, "ID_INPUT_MOUSE"), "1") ? "Mouse" : NULL;
}

static const char *find_kind(struct udev_device *device)
{
	static const struct {
		const char *subsystem, *kind;
	} kinds[] = {
		{"bluetooth", "Bluetooth"},
		{"cpu", "Processor"},
		{"drm", "Display"},
		{"hid", "HIDClass"},
		{"mtd", "MTD"},
		{"net", "Net"},
		{"power_supply", "Battery"},
		{"scsi_host", "SCSIAdapter"},
		{"sound", "Media"},
		{"tpm", "SecurityDevices"},
		{"usb", "USB"},
		{"video4linux", "Camera"},
	};
	const char *subsystem = udev_device_get_subsystem(device);

	if (is(subsystem, "block"))
		return block_kind(device);
	if (is(subsystem, "input"))
		return input_kind(device);
	if (is(subsystem, "pci"))
		return pci_kind(number_attribute(device, "class", 16));
	if (is(subsystem, "tty"))
		return udev_device_get_parent(device) ? "Ports" : NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(subsystem, kinds[i].subsystem))
			return kinds[i].kind;
	return NULL;
}

const struct pnpn_setup_class *pnpn_device_setup_class(struct udev_device *device)
{
	const char *kind = find_kind(device);

	return kind ? pnpn_setup_class_named(kind) : NULL;
}

/* --- its names ------------------------------------------------------------------------------------ */

/* What udev read of a USB device, or that itself; udev writes what is no letter as \xNN. */
static bool copy_usb_text(struct udev_device *device, const char *property, const char *attribute,
			  char ret_text[TEXT_BYTES])
{
	char decoded[TEXT_BYTES];
	const char *encoded = udev_device_get_property_value(device, property);

	if (!encoded)
		return copy_text(udev_device_get_sysattr_value(device, attribute), ret_text);
	snprintf(decoded, sizeof(decoded), "%s", encoded);
	pnpn_linux_decode_label(decoded);
	return copy_text(decoded, ret_text);
}

/* As Windows calls what says nothing of itself. */
static const char *kind_text(const struct pnpn_setup_class *class)
{
	static const char *const texts[][2] = {
		{"CDROM", "CD-ROM drive"},	  {"DiskDrive", "Disk drive"},
		{"HIDClass", "HID device"},	  {"Keyboard", "Keyboard"},
		{"Mouse", "Pointing device"},	  {"Net", "Network interface"},
		{"Ports", "Communications port"}, {"Volume", "Volume"},
	};

	for (size_t i = 0; class && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(class->name, texts[i][0]) == 0)
			return texts[i][1];
	return NULL;
}

static void tell_description(struct udev_device *device, const struct pnpn_setup_class *class,
			     const struct pnpn_property_sink *sink)
{
	struct udev_device *input = udev_device_get_parent_with_subsystem_devtype(device, "input",
										  NULL);
	const char *subsystem = udev_device_get_subsystem(device);
	char text[TEXT_BYTES];
	bool found;

	if (is(subsystem, "usb"))
		found = is(udev_device_get_devtype(device), "usb_device")
				? copy_usb_text(device, "ID_MODEL_ENC", "product", text)
				: copy_text(udev_device_get_sysattr_value(device, "interface"),
					    text);
	else if (is(subsystem, "input"))
		found = copy_text(udev_device_get_property_value(input ? input : device, "NAME"),
				  text);
	else
		found = copy_text(udev_device_get_property_value(device, "HID_NAME"), text);
	if (!found)
		found = copy_text(udev_device_get_property_value(device, "ID_MODEL_FROM_DATABASE"),
				  text);
	tell(sink, "description", found ? text : kind_text(class));
}

/* Of a disk its maker and model, of what has a volume its label. */
static void tell_friendly_name(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct udev_device *parent = udev_device_get_parent(device);
	char vendor[TEXT_BYTES], model[TEXT_BYTES], label[TEXT_BYTES];

	if (!is(udev_device_get_subsystem(device), "block"))
		return;
	if (is(udev_device_get_devtype(device), "partition")) {
		if (copy_usb_text(device, "ID_FS_LABEL_ENC", "", label))
			tell(sink, "friendly-name", label);
		return;
	}
	if (!parent || !copy_text(udev_device_get_sysattr_value(parent, "model"), model))
		return;
	bool has_vendor = copy_text(udev_device_get_sysattr_value(parent, "vendor"), vendor) &&
			  strncmp(vendor, "0x", 2) != 0;
	tell_format(sink, "friendly-name", "%.100s%s%.100s", has_vendor ? vendor : "",
		    has_vendor ? " " : "", model);
}

static void tell_manufacturer(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	const char *subsystem = udev_device_get_subsystem(device);
	struct udev_device *parent = udev_device_get_parent(device);
	char text[TEXT_BYTES];
	bool found = false;

	if (is(subsystem, "usb"))
		found = copy_usb_text(device, "ID_VENDOR_ENC", "manufacturer", text);
	else if (is(subsystem, "block") && parent)
		found = copy_text(udev_device_get_sysattr_value(parent, "vendor"), text) &&
			strncmp(text, "0x", 2) != 0;
	if (!found)
		found = copy_text(udev_device_get_property_value(device, "ID_VENDOR_FROM_DATABASE"),
				  text);
	if (found)
		tell(sink, "manufacturer", text);
}

/* --- its driver ----------------------------------------------------------------------------------- */

static void tell_driver_version(struct udev_device *bound, const char *driver,
				const struct pnpn_property_sink *sink)
{
	char path[512], version[TEXT_BYTES], text[TEXT_BYTES];
	struct utsname kernel;

	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s/module/version",
		 udev_device_get_subsystem(bound), driver);
	FILE *file = fopen(path, "re");
	bool found = file && fgets(text, sizeof(text), file) && copy_text(text, version);
	if (file)
		fclose(file);
	if (found)
		tell(sink, "driver-version", version);
	else if (uname(&kernel) == 0)
		tell(sink, "driver-version", kernel.release);
}

/* What a driver made of a device on a bus is that driver's. Ports of the serial core are no devices of their own. */
static void tell_service(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	for (; device; device = udev_device_get_parent(device)) {
		const char *driver = udev_device_get_driver(device);
		const char *subsystem = udev_device_get_subsystem(device);
		if (!driver || !subsystem || strcmp(subsystem, "serial-base") == 0)
			continue;
		tell(sink, "service", driver);
		tell_driver_version(device, driver, sink);
		return;
	}
}

/* --- its place ------------------------------------------------------------------------------------ */

static void tell_pci_place(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	unsigned int bus, slot, function;

	if (sscanf(udev_device_get_sysname(device), "%*x:%x:%x.%x", &bus, &slot, &function) != 3)
		return;
	tell_format(sink, "location", "PCI bus %u, device %u, function %u", bus, slot, function);
	tell_format(sink, "bus-number", "%u", bus);
	tell_format(sink, "address", "%u", slot << 16 | function);
}

/* The port is the last number of 1-1.4; a hub at the root counts as none. */
static void tell_usb_place(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct udev_device *parent = udev_device_get_parent(device);
	const char *name = udev_device_get_sysname(device);

	if (is(udev_device_get_devtype(device), "usb_interface")) {
		tell_format(sink, "address", "%lu",
			    number_attribute(device, "bInterfaceNumber", 16));
		return;
	}
	tell_format(sink, "bus-number", "%lu", number_attribute(device, "busnum", 10));
	const char *port = strrchr(name, '.');
	if (!port)
		port = strrchr(name, '-');
	if (!port || !parent)
		return;
	tell_format(sink, "location", "Port_#%04d.Hub_#%04lu", atoi(port + 1),
		    number_attribute(parent, "devnum", 10));
	tell_format(sink, "address", "%d", atoi(port + 1));
}

/* The thing that it is a part of: the USB device that one plugs in; all else is the computer. */
static void tell_container(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct udev_device *thing = NULL, *above = device;
	struct pnpn_guid space = PNPN_SUBSYSTEM_NAMESPACE;
	char id[PNPN_INSTANCE_ID_BYTES], text[PNPN_GUID_STRING];
	uuid_t namespace_uuid, made;

	for (; above; above = udev_device_get_parent(above)) {
		struct udev_device *parent = udev_device_get_parent(above);
		if (is(udev_device_get_subsystem(above), "usb") && parent &&
		    is(udev_device_get_subsystem(parent), "usb") &&
		    is(udev_device_get_devtype(above), "usb_device"))
			thing = above;
	}
	if (!thing || pnpn_device_bus_id(thing, PNPN_ID_BY_SERIAL, id) < 0) {
		tell(sink, "container", OWN_CONTAINER);
		return;
	}
	pnpn_guid_to_string(&space, text);
	uuid_parse(text, namespace_uuid);
	uuid_generate_sha1(made, namespace_uuid, id, strlen(id));
	uuid_unparse_lower(made, text);
	tell(sink, "container", text);
}

/* Whether its medium is one that people take out, or carry with the drive. */
static void tell_removable(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct udev_device *disk = is(udev_device_get_devtype(device), "partition")
					   ? udev_device_get_parent(device)
					   : device;

	if (disk && is(udev_device_get_subsystem(device), "block"))
		tell(sink, "removable", udev_device_get_sysattr_value(disk, "removable"));
}

static void tell_place(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	if (is(udev_device_get_subsystem(device), "pci"))
		tell_pci_place(device, sink);
	else if (is(udev_device_get_subsystem(device), "usb"))
		tell_usb_place(device, sink);
	tell_container(device, sink);
	tell(sink, "node", udev_device_get_devnode(device));
}

/* -------------------------------------------------------------------------------------------------- */

void pnpn_device_tell_properties(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct udev_list_entry *entry;

	tell_description(device, pnpn_device_setup_class(device), sink);
	tell_friendly_name(device, sink);
	tell_manufacturer(device, sink);
	pnpn_device_tell_ids(device, sink);
	tell_service(device, sink);
	tell_place(device, sink);
	tell_removable(device, sink);
	udev_list_entry_foreach (entry, udev_device_get_properties_list_entry(device))
		tell(sink, udev_list_entry_get_name(entry), udev_list_entry_get_value(entry));
}
