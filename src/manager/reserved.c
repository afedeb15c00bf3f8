/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "manager/reserved.h"

/* Of sdaaa, ttyUSB0. */
#define MOST_LETTERS 3

static const char *const roots[] = {"LINUX\\", "KERNEL\\", "USB\\",	"USBSTOR\\", "HID\\",
				    "PCI\\",   "SCSI\\",   "STORAGE\\", "HTREE\\"};

/*
 * How Linux names devices, by the kernel's own names for them and udev's for network interfaces: # is a
 * number, @ are up to three letters, * is whatever follows. A name that is missing here is still taken from a process
 * when the device comes (pnpn_node_take_link()).
 */
static const char *const patterns[] = {
	/* disks, partitions, media */
	"sd@",
	"sd@#",
	"hd@",
	"hd@#",
	"vd@",
	"vd@#",
	"xvd@",
	"xvd@#",
	"nvme#*",
	"nvme-fabrics",
	"ng#n#",
	"mmcblk#*",
	"loop#",
	"loop#p#",
	"loop-control",
	"ram#",
	"zram#",
	"brd#",
	"md#",
	"md#p#",
	"md_*",
	"dm-#",
	"nbd#",
	"nbd#p#",
	"rbd#*",
	"drbd#",
	"bcache#*",
	"pmem#*",
	"dax#*",
	"sr#",
	"scd#",
	"sg#",
	"st#*",
	"nst#*",
	"fd#",
	"mtd#",
	"mtd#ro",
	"mtdblock#",
	"ubi#*",
	"ubiblock#*",
	"btt#",
	"ch#",
	"btrfs-control",
	"host#",
	"target#:#:#",
	"zd#*",
	/* terminals, serial and parallel ports */
	"tty",
	"tty#",
	"tty@#",
	"console",
	"ptmx",
	"vcs",
	"vcs#",
	"vcsa",
	"vcsa#",
	"vcsu",
	"vcsu#",
	"lp#",
	"parport#",
	"hvc#",
	"rfcomm#",
	"serial#*",
	"cuse",
	"usblp#",
	/* network interfaces */
	"lo",
	"eth#",
	"wlan#",
	"wwan#",
	"wpan#",
	"usb#",
	"ib#",
	"eno#*",
	"ens#*",
	"enp#s#*",
	"enx*",
	"enP#*",
	"ena#*",
	"wlo#*",
	"wls#*",
	"wlp#s#*",
	"wlx*",
	"wwp#s#*",
	"wwx*",
	"ibp#s#*",
	"ibs#*",
	"end#",
	"bond#",
	"bonding_masters",
	"br#",
	"br-*",
	"docker#",
	"veth*",
	"virbr#*",
	"vnet#",
	"tun#",
	"tap#",
	"macvlan#",
	"macvtap#",
	"ipvlan#",
	"vlan#",
	"dummy#",
	"sit#",
	"gre#",
	"gretap#",
	"erspan#",
	"tunl#",
	"ip_vti#",
	"ip6_vti#",
	"ip6tnl#",
	"ip6gre#",
	"ppp#",
	"wg#",
	"can#",
	"vcan#",
	"slcan#",
	"team#",
	"vxlan#",
	"geneve#",
	"ifb#",
	"nlmon#",
	"vsockmon#",
	"lxcbr#",
	"lxdbr#",
	"cni#",
	/* input, sound, pictures */
	"input#",
	"event#",
	"js#",
	"mouse#",
	"mice",
	"hidraw#",
	"hiddev#",
	"uinput",
	"uhid",
	"usbmon#",
	"card#",
	"card#-*",
	"renderD#",
	"controlD#",
	"fb#",
	"vga_arbiter",
	"controlC#",
	"pcmC#*",
	"midiC#*",
	"hwC#*",
	"seq",
	"timer",
	"video#",
	"vbi#",
	"radio#",
	"media#",
	"v4l-subdev#",
	"v4l-touch#",
	"swradio#",
	"cec#",
	"lirc#",
	"rc#",
	"dvb#*",
	"backlight#",
	"drm_dp_aux#",
	"udmabuf",
	"dma_heap",
	/* buses and small things */
	"i2c-#",
	"spidev#.#",
	"spi#.#",
	"gpiochip#",
	"iio:device#",
	"hwmon#",
	"thermal_zone#",
	"cooling_device#",
	"rtc",
	"rtc#",
	"watchdog",
	"watchdog#",
	"pps#",
	"ptp#",
	"tpm#",
	"tpmrm#",
	"ipmi#",
	"uio#",
	"vfio",
	"vhost-*",
	"kvm",
	"cpu#",
	"node#",
	"memory#",
	"cpu_dma_latency",
	"hpet",
	"nvram",
	"mei#",
	"ttyprintk",
	"nvidia*",
	"accel#",
	"thunderbolt#",
	"domain#",
	"hci#",
	"phy#",
	"rfkill",
	"rfkill#",
	"regulatory#",
	"ucsi#",
	"port#",
	"typec#",
	"cdc-wdm#",
	"wwan#*",
	"pci#:#",
	"ppp",
	"snapshot",
	"autofs",
	"fuse",
	"mcelog",
	"rpmsg#*",
	"remoteproc#",
	"i3c-#",
	"mdio#",
	"null",
	"zero",
	"full",
	"random",
	"urandom",
	"mem",
	"kmem",
	"port",
	"kmsg",
	"userfaultfd",
	"ACAD",
	"ADP#",
	"BAT#",
	"LID#",
	"PNP#*",
	"ACPI#*",
	"LNXSYSTM:#",
	"pnpnotify",
	"pnpnotify-test",
	"sgx_*",
	"vport#p#",
	"virtio#",
	"vboxguest",
	"vmci",
};

static const char *skip(const char *name, int (*is)(int))
{
	while (is((unsigned char)*name))
		name++;
	return name;
}

static bool matches(const char *name, const char *pattern)
{
	for (; *pattern; pattern++) {
		if (*pattern == '*')
			return true;
		if (*pattern == '#' || *pattern == '@') {
			const char *begin = name;
			name = skip(name, *pattern == '#' ? isdigit : isalpha);
			if (name == begin || (*pattern == '@' && name > begin + MOST_LETTERS))
				return false;
		} else if (toupper((unsigned char)*name++) != toupper((unsigned char)*pattern)) {
			return false;
		}
	}
	return !*name;
}

/* Places on a bus, such as 1-1.4:1.0, 0000:00:1f.2, 0:0:0:0: digits, with : or - in between. */
static bool is_place(const char *name)
{
	size_t length = strspn(name, "0123456789abcdefABCDEF:.-");

	return !name[length] && length > 2 && isxdigit((unsigned char)*name) && strpbrk(name, ":-");
}

bool pnpn_reserved_id(const char *instance_id)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strncasecmp(instance_id, roots[i], strlen(roots[i])) == 0)
			return true;
	return false;
}

bool pnpn_reserved_link(const char *name)
{
	name += strlen("\\\\.\\");
	if (is_place(name))
		return true;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (matches(name, patterns[i]))
			return true;
	return false;
}
