/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/device-id.h"

/* The longest part that a device's own texts make. */
#define PART_BYTES 65

static bool is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

static unsigned int hex_attribute(struct udev_device *device, const char *name)
{
	const char *text = udev_device_get_sysattr_value(device, name);

	return text ? (unsigned int)strtoul(text, NULL, 16) : 0;
}

/* A text as a part of an id: spaces at its ends do not count, what ids can't have becomes _. Returns whether
 * there is anything. */
static bool to_part(const char *text, char ret_part[PART_BYTES])
{
	size_t length = text ? strlen(text) : 0, n = 0;

	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	if (length >= PART_BYTES)
		return false;
	for (; n < length; n++) {
		unsigned char c = (unsigned char)text[n];
		ret_part[n] = (char)(isalnum(c) || strchr("-.", c) ? toupper(c)
				     : c == ':'			   ? '&'
								   : '_');
	}
	ret_part[n] = 0;
	return n > 0;
}

__attribute__((format(printf, 2, 3))) static int write_id(char ret_id[PNPN_INSTANCE_ID_BYTES],
							  const char *format, ...)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(id, sizeof(id), format, arguments);
	va_end(arguments);
	return length >= (int)sizeof(id) ? -ENAMETOOLONG : pnpn_instance_id_normalize(id, ret_id);
}

/* Windows pads names to a width, with _ for spaces. */
__attribute__((format(printf, 3, 4))) static void tell(const struct pnpn_property_sink *sink,
						       const char *key, const char *format, ...)
{
	char value[PNPN_INSTANCE_ID_BYTES];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(value, sizeof(value), format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(value))
		return;
	for (char *c = value; (c = strchr(c, ' '));)
		*c = '_';
	sink->add(sink->userdata, key, value);
}

static bool is_of(struct udev_device *device, const char *subsystem, const char *type)
{
	return device && is(udev_device_get_subsystem(device), subsystem) &&
	       (!type || is(udev_device_get_devtype(device), type));
}

/* --- USB ------------------------------------------------------------------------------------------ */

/* A USB device, or the one that an interface is of, and that as VID_…&PID_…[&MI_…]. */
struct usb {
	struct udev_device *device;
	bool is_root_hub;
	char model[32];
	char interface[8]; /* &MI_00, or "" */
};

static bool usb_read(struct udev_device *device, struct usb *ret_usb)
{
	bool is_interface = is_of(device, "usb", "usb_interface");
	struct udev_device *usb_device = is_interface ? udev_device_get_parent(device) : device;

	if (!is_of(usb_device, "usb", "usb_device"))
		return false;
	*ret_usb = (struct usb){.device = usb_device};
	ret_usb->is_root_hub = !is_of(udev_device_get_parent(usb_device), "usb", NULL);
	snprintf(ret_usb->model, sizeof(ret_usb->model), "VID_%04X&PID_%04X",
		 hex_attribute(usb_device, "idVendor") & 0xffff,
		 hex_attribute(usb_device, "idProduct") & 0xffff);
	if (is_interface)
		snprintf(ret_usb->interface, sizeof(ret_usb->interface), "&MI_%02X",
			 hex_attribute(device, "bInterfaceNumber") & 0xff);
	return true;
}

static int usb_id(struct udev_device *device, enum pnpn_id_by by,
		  char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	char place[PART_BYTES], serial[PART_BYTES];
	struct usb usb;

	if (!usb_read(device, &usb) || !to_part(udev_device_get_sysname(device), place))
		return -ENOENT;
	if (usb.is_root_hub && usb.device == device)
		return write_id(ret_id, "USB\\ROOT_HUB%s\\%s",
				hex_attribute(device, "idProduct") >= 3 ? "30" : "", place);
	bool has_serial = usb.device == device && by == PNPN_ID_BY_SERIAL &&
			  to_part(udev_device_get_sysattr_value(device, "serial"), serial);
	return write_id(ret_id, "USB\\%s%s\\%s", usb.model, usb.interface,
			has_serial ? serial : place);
}

static void usb_tell_ids(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct usb usb;

	if (!usb_read(device, &usb))
		return;
	bool is_interface = usb.device != device;
	unsigned int class = hex_attribute(device,
					   is_interface ? "bInterfaceClass" : "bDeviceClass");
	unsigned int subclass = hex_attribute(device, is_interface ? "bInterfaceSubClass"
								   : "bDeviceSubClass");
	unsigned int protocol = hex_attribute(device, is_interface ? "bInterfaceProtocol"
								   : "bDeviceProtocol");
	tell(sink, "hardware-id", "USB\\%s&REV_%04X%s", usb.model,
	     hex_attribute(usb.device, "bcdDevice") & 0xffff, usb.interface);
	tell(sink, "hardware-id", "USB\\%s%s", usb.model, usb.interface);
	tell(sink, "compatible-id", "USB\\Class_%02x&SubClass_%02x&Prot_%02x", class & 0xff,
	     subclass & 0xff, protocol & 0xff);
	tell(sink, "compatible-id", "USB\\Class_%02x&SubClass_%02x", class & 0xff, subclass & 0xff);
	tell(sink, "compatible-id", "USB\\Class_%02x", class & 0xff);
}

/* --- PCI ------------------------------------------------------------------------------------------ */

struct pci {
	char model[24]; /* VEN_8086&DEV_100E */
	char subsystem[20]; /* &SUBSYS_11001AF4 */
	unsigned int revision, class;
};

static void pci_read(struct udev_device *device, struct pci *ret_pci)
{
	snprintf(ret_pci->model, sizeof(ret_pci->model), "VEN_%04X&DEV_%04X",
		 hex_attribute(device, "vendor") & 0xffff,
		 hex_attribute(device, "device") & 0xffff);
	snprintf(ret_pci->subsystem, sizeof(ret_pci->subsystem), "&SUBSYS_%04X%04X",
		 hex_attribute(device, "subsystem_device") & 0xffff,
		 hex_attribute(device, "subsystem_vendor") & 0xffff);
	ret_pci->revision = hex_attribute(device, "revision") & 0xff;
	ret_pci->class = hex_attribute(device, "class") & 0xffffff;
}

static int pci_id(struct udev_device *device, char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	char place[PART_BYTES];
	struct pci pci;

	if (!to_part(udev_device_get_sysname(device), place))
		return -ENOENT;
	pci_read(device, &pci);
	return write_id(ret_id, "PCI\\%s%s&REV_%02X\\%s", pci.model, pci.subsystem, pci.revision,
			place);
}

static void pci_tell_ids(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	struct pci pci;

	pci_read(device, &pci);
	tell(sink, "hardware-id", "PCI\\%s%s&REV_%02X", pci.model, pci.subsystem, pci.revision);
	tell(sink, "hardware-id", "PCI\\%s%s", pci.model, pci.subsystem);
	tell(sink, "hardware-id", "PCI\\%s&CC_%06X", pci.model, pci.class);
	tell(sink, "hardware-id", "PCI\\%s&CC_%04X", pci.model, pci.class >> 8);
	tell(sink, "compatible-id", "PCI\\%s&REV_%02X", pci.model, pci.revision);
	tell(sink, "compatible-id", "PCI\\%s", pci.model);
	tell(sink, "compatible-id", "PCI\\%.8s&CC_%06X", pci.model, pci.class);
	tell(sink, "compatible-id", "PCI\\%.8s&CC_%04X", pci.model, pci.class >> 8);
	tell(sink, "compatible-id", "PCI\\%.8s", pci.model);
	tell(sink, "compatible-id", "PCI\\CC_%06X", pci.class);
	tell(sink, "compatible-id", "PCI\\CC_%04X", pci.class >> 8);
}

/* --- HID ------------------------------------------------------------------------------------------ */

/* VID_…&PID_…[&MI_…]: the last of a USB device that has several interfaces. */
static bool hid_read(struct udev_device *device, char ret_model[32])
{
	const char *id = udev_device_get_property_value(device, "HID_ID");
	struct udev_device *parent = udev_device_get_parent(device);
	unsigned int vendor, product;
	struct usb usb = {0};

	if (!id || sscanf(id, "%*x:%x:%x", &vendor, &product) != 2)
		return false;
	if (!parent || !usb_read(parent, &usb) || hex_attribute(usb.device, "bNumInterfaces") < 2)
		*usb.interface = 0;
	snprintf(ret_model, 32, "VID_%04X&PID_%04X%s", vendor & 0xffff, product & 0xffff,
		 usb.interface);
	return true;
}

/* Its place is the interface that it sits at; of what sits at none Linux numbers them: 0003:046D:C52B.0001. */
static int hid_id(struct udev_device *device, char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	struct udev_device *parent = udev_device_get_parent(device);
	const char *number = strrchr(udev_device_get_sysname(device), '.');
	char model[32], place[PART_BYTES];

	if (!hid_read(device, model) ||
	    !to_part(is_of(parent, "usb", NULL) ? udev_device_get_sysname(parent)
		     : number			? number + 1
						: NULL,
		     place))
		return -ENOENT;
	return write_id(ret_id, "HID\\%s\\%s", model, place);
}

static void hid_tell_ids(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	char model[32];

	if (!hid_read(device, model))
		return;
	tell(sink, "hardware-id", "HID\\%s", model);
	tell(sink, "compatible-id", "HID_DEVICE");
}

/* --- storage -------------------------------------------------------------------------------------- */

/* A disk or a drive that is hardware: what is told of it and where it is. */
struct storage {
	const char *enumerator; /* SCSI, USBSTOR */
	const char *kind; /* DISK, CDROM */
	char vendor[PART_BYTES], product[PART_BYTES], revision[PART_BYTES];
	char serial[PART_BYTES], place[PART_BYTES];
};

static bool storage_read(struct udev_device *disk, struct storage *ret_storage)
{
	struct udev_device *parent = udev_device_get_parent(disk);
	struct udev_device *usb = udev_device_get_parent_with_subsystem_devtype(disk, "usb",
										"usb_device");
	bool is_scsi = is_of(parent, "scsi", NULL), is_nvme = is_of(parent, "nvme", NULL);

	*ret_storage = (struct storage){.enumerator = usb && is_scsi ? "USBSTOR" : "SCSI"};
	if (!is_scsi && !is_nvme && !is_of(parent, "virtio", NULL))
		return false;
	ret_storage->kind = strncmp(udev_device_get_sysname(disk), "sr", 2) == 0 ? "CDROM" : "DISK";
	const char *vendor = udev_device_get_sysattr_value(parent, "vendor");
	const char *serial = udev_device_get_sysattr_value(usb	     ? usb
							   : is_nvme ? parent
								     : disk,
							   "serial");
	(void)to_part(is_scsi ? vendor : is_nvme ? "NVMe" : "VirtIO", ret_storage->vendor);
	if (!to_part(udev_device_get_sysattr_value(parent, "model"), ret_storage->product))
		strcpy(ret_storage->product, ret_storage->kind);
	(void)to_part(udev_device_get_sysattr_value(parent, is_nvme ? "firmware_rev" : "rev"),
		      ret_storage->revision);
	if (to_part(serial, ret_storage->serial) && (usb || is_nvme)) {
		/* Units of a stick, name spaces of a controller: all have its serial number. */
		const char *unit = strrchr(udev_device_get_sysname(is_nvme ? disk : parent),
					   is_nvme ? 'n' : ':');
		size_t length = strlen(ret_storage->serial);
		snprintf(ret_storage->serial + length, PART_BYTES - length, "&%s",
			 unit ? unit + 1 : "0");
	}
	return to_part(udev_device_get_sysname(is_scsi ? parent : disk), ret_storage->place);
}

static int disk_id(struct udev_device *disk, enum pnpn_id_by by,
		   char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	struct storage storage;

	if (!storage_read(disk, &storage))
		return -ENOENT;
	bool is_usb = strcmp(storage.enumerator, "USBSTOR") == 0;
	return write_id(ret_id, "%s\\%s&VEN_%s&PROD_%s%s%s\\%s", storage.enumerator, storage.kind,
			storage.vendor, storage.product, is_usb ? "&REV_" : "",
			is_usb ? storage.revision : "",
			by == PNPN_ID_BY_SERIAL && *storage.serial ? storage.serial
								   : storage.place);
}

/* A partition is where it begins on its disk. */
static int partition_id(struct udev_device *partition, enum pnpn_id_by by,
			char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	struct udev_device *disk = udev_device_get_parent(partition);
	const char *start = udev_device_get_sysattr_value(partition, "start");
	char disk_name[PNPN_INSTANCE_ID_BYTES];

	if (!disk || !start || disk_id(disk, by, disk_name) < 0)
		return -ENOENT;
	return write_id(ret_id, "STORAGE\\VOLUME\\%s&%016llX", strrchr(disk_name, '\\') + 1,
			512 * strtoull(start, NULL, 10));
}

static void disk_tell_ids(struct udev_device *disk, const struct pnpn_property_sink *sink)
{
	struct storage storage;

	if (!storage_read(disk, &storage))
		return;
	const char *kind = strcmp(storage.kind, "DISK") == 0 ? "Disk" : "CdRom";
	tell(sink, "hardware-id", "%s\\%s%-8s%-16s%-4s", storage.enumerator, kind, storage.vendor,
	     storage.product, storage.revision);
	tell(sink, "hardware-id", "%s\\%s%-8s%-16s", storage.enumerator, kind, storage.vendor,
	     storage.product);
	tell(sink, "hardware-id", "Gen%s", kind);
	tell(sink, "compatible-id", "%s\\%s", storage.enumerator, kind);
}

/* -------------------------------------------------------------------------------------------------- */

int pnpn_device_bus_id(struct udev_device *device, enum pnpn_id_by by,
		       char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	const char *subsystem = udev_device_get_subsystem(device);

	if (is(subsystem, "usb"))
		return usb_id(device, by, ret_id);
	if (is(subsystem, "pci"))
		return pci_id(device, ret_id);
	if (is(subsystem, "hid"))
		return hid_id(device, ret_id);
	if (!is(subsystem, "block"))
		return -ENOENT;
	return is(udev_device_get_devtype(device), "partition") ? partition_id(device, by, ret_id)
								: disk_id(device, by, ret_id);
}

void pnpn_device_tell_ids(struct udev_device *device, const struct pnpn_property_sink *sink)
{
	const char *subsystem = udev_device_get_subsystem(device);

	if (is(subsystem, "usb"))
		usb_tell_ids(device, sink);
	else if (is(subsystem, "pci"))
		pci_tell_ids(device, sink);
	else if (is(subsystem, "hid"))
		hid_tell_ids(device, sink);
	else if (is_of(device, "block", "partition"))
		tell(sink, "hardware-id", "STORAGE\\Volume");
	else if (is(subsystem, "block"))
		disk_tell_ids(device, sink);
}
