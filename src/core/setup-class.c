/* SPDX-License-Identifier: MIT */
#include "core/guid.h"
#include "core/name.h"
#include "core/setup-class.h"

/* Most of Windows' own have all but the first part in common. */
#define FIRST_CLASS(first) {first, 0xe325, 0x11ce, {0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}}

static const struct pnpn_setup_class classes[] = {
	{"Battery",
	 "Batteries",
	 {0x72631e54, 0x78a4, 0x11d0, {0xbc, 0xf7, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}}},
	{"Bluetooth",
	 "Bluetooth",
	 {0xe0cbf06c, 0xcd8b, 0x4647, {0xbb, 0x8a, 0x26, 0x3b, 0x43, 0xf0, 0xf9, 0x74}}},
	{"Camera",
	 "Cameras",
	 {0xca3e7ab9, 0xb4c3, 0x4ae6, {0x82, 0x51, 0x57, 0x9e, 0xf9, 0x33, 0x89, 0x0f}}},
	{"CDROM", "DVD/CD-ROM drives", FIRST_CLASS(0x4d36e965)},
	{"Computer", "Computer", FIRST_CLASS(0x4d36e966)},
	{"DiskDrive", "Disk drives", FIRST_CLASS(0x4d36e967)},
	{"Display", "Display adapters", FIRST_CLASS(0x4d36e968)},
	{"HDC", "IDE ATA/ATAPI controllers", FIRST_CLASS(0x4d36e96a)},
	{"HIDClass",
	 "Human Interface Devices",
	 {0x745a17a0, 0x74d3, 0x11d0, {0xb6, 0xfe, 0x00, 0xa0, 0xc9, 0x0f, 0x57, 0xda}}},
	{"Keyboard", "Keyboards", FIRST_CLASS(0x4d36e96b)},
	{"Media", "Sound, video and game controllers", FIRST_CLASS(0x4d36e96c)},
	{"Monitor", "Monitors", FIRST_CLASS(0x4d36e96e)},
	{"Mouse", "Mice and other pointing devices", FIRST_CLASS(0x4d36e96f)},
	{"MTD", "Memory technology devices", FIRST_CLASS(0x4d36e970)},
	{"Net", "Network adapters", FIRST_CLASS(0x4d36e972)},
	{"Ports", "Ports (COM & LPT)", FIRST_CLASS(0x4d36e978)},
	{"Printer", "Printers", FIRST_CLASS(0x4d36e979)},
	{"Processor",
	 "Processors",
	 {0x50127dc3, 0x0f36, 0x415e, {0xa6, 0xcc, 0x4c, 0xb3, 0xbe, 0x91, 0x0b, 0x65}}},
	{"SCSIAdapter", "Storage controllers", FIRST_CLASS(0x4d36e97b)},
	{"SecurityDevices",
	 "Security devices",
	 {0xd94ee5d8, 0xd189, 0x4994, {0x83, 0xd2, 0xf6, 0x8d, 0x7d, 0x41, 0xb0, 0xe6}}},
	{"System", "System devices", FIRST_CLASS(0x4d36e97d)},
	{"USB",
	 "Universal Serial Bus controllers",
	 {0x36fc9e60, 0xc465, 0x11cf, {0x80, 0x56, 0x44, 0x45, 0x53, 0x54, 0x00, 0x00}}},
	{"Volume",
	 "Storage volumes",
	 {0x71a27cdd, 0x812a, 0x11d0, {0xbe, 0xc7, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f}}},
};

const struct pnpn_setup_class *pnpn_setup_class_at(size_t index)
{
	return index < sizeof(classes) / sizeof(classes[0]) ? &classes[index] : NULL;
}

const struct pnpn_setup_class *pnpn_setup_class_named(const char *name)
{
	const struct pnpn_setup_class *class;

	for (size_t i = 0; (class = pnpn_setup_class_at(i)); i++)
		if (pnpn_name_equal(class->name, name))
			return class;
	return NULL;
}

const struct pnpn_setup_class *pnpn_setup_class_of(const struct pnpn_guid *guid)
{
	const struct pnpn_setup_class *class;

	for (size_t i = 0; (class = pnpn_setup_class_at(i)); i++)
		if (pnpn_guid_equal(&class->guid, guid))
			return class;
	return NULL;
}
