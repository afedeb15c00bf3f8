/* SPDX-License-Identifier: MIT */
/*
 * The interface classes of Linux's devices that have names (contract L1), for programs that use the native API, as
 * pnpn_register_class() and pnpn_filter_add_class() want them; `pnpnotify monitor --class` takes them by their names in
 * small letters. Windows sources find most of them as GUID_DEVINTERFACE_DISK and its like. Constants as in
 * pnpnotify/events.h.
 */
#ifndef PNPNOTIFY_CLASSES_H
#define PNPNOTIFY_CLASSES_H

#include <pnpnotify.h>

/** A whole disk. */
#define PNPN_CLASS_DISK_INIT \
	{0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}
static const struct pnpn_guid PNPN_CLASS_DISK = PNPN_CLASS_DISK_INIT;

/** A partition. */
#define PNPN_CLASS_PARTITION_INIT \
	{0x53f5630a, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}
static const struct pnpn_guid PNPN_CLASS_PARTITION = PNPN_CLASS_PARTITION_INIT;

/** Something that a file system can be on: as on Windows, a partition, or a disk without any. */
#define PNPN_CLASS_VOLUME_INIT \
	{0x53f5630d, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}
static const struct pnpn_guid PNPN_CLASS_VOLUME = PNPN_CLASS_VOLUME_INIT;

/** A network interface. */
#define PNPN_CLASS_NETWORK_INIT \
	{0xcac88484, 0x7515, 0x4c03, {0x82, 0xe6, 0x71, 0xa8, 0x7a, 0xba, 0xc3, 0x61}}
static const struct pnpn_guid PNPN_CLASS_NETWORK = PNPN_CLASS_NETWORK_INIT;

/** A drive of optical media. */
#define PNPN_CLASS_CDROM_INIT \
	{0x53f56308, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}
static const struct pnpn_guid PNPN_CLASS_CDROM = PNPN_CLASS_CDROM_INIT;

/** A serial port: COM3. */
#define PNPN_CLASS_SERIAL_INIT \
	{0x86e0d1e0, 0x8089, 0x11d0, {0x9c, 0xe4, 0x08, 0x00, 0x3e, 0x30, 0x1f, 0x73}}
static const struct pnpn_guid PNPN_CLASS_SERIAL = PNPN_CLASS_SERIAL_INIT;

/** A USB device. */
#define PNPN_CLASS_USB_INIT \
	{0xa5dcbf10, 0x6530, 0x11d2, {0x90, 0x1f, 0x00, 0xc0, 0x4f, 0xb9, 0x51, 0xed}}
static const struct pnpn_guid PNPN_CLASS_USB = PNPN_CLASS_USB_INIT;

/** A human interface device. */
#define PNPN_CLASS_HID_INIT \
	{0x4d1e55b2, 0xf16f, 0x11cf, {0x88, 0xcb, 0x00, 0x11, 0x11, 0x00, 0x00, 0x30}}
static const struct pnpn_guid PNPN_CLASS_HID = PNPN_CLASS_HID_INIT;

/** A keyboard. */
#define PNPN_CLASS_KEYBOARD_INIT \
	{0x884b96c3, 0x56ef, 0x11d1, {0xbc, 0x8c, 0x00, 0xa0, 0xc9, 0x14, 0x05, 0xdd}}
static const struct pnpn_guid PNPN_CLASS_KEYBOARD = PNPN_CLASS_KEYBOARD_INIT;

/** A mouse, or what points like one. */
#define PNPN_CLASS_MOUSE_INIT \
	{0x378de44c, 0x56ef, 0x11d1, {0xbc, 0x8c, 0x00, 0xa0, 0xc9, 0x14, 0x05, 0xdd}}
static const struct pnpn_guid PNPN_CLASS_MOUSE = PNPN_CLASS_MOUSE_INIT;

/** A USB hub. */
#define PNPN_CLASS_USB_HUB_INIT \
	{0xf18a0e88, 0xc30c, 0x11d0, {0x88, 0x15, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0xd8}}
static const struct pnpn_guid PNPN_CLASS_USB_HUB = PNPN_CLASS_USB_HUB_INIT;

#endif
