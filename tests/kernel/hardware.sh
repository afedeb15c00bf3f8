# SPDX-License-Identifier: MIT
# Runs in the booted machine: hardware that comes, goes and changes (L1, L2), without udev; then the disks of storage.sh,
# without udev, with it and with a slow one; at last nothing. A line that begins with MONITOR is a command for the machine's monitor (vm.py).
passed=0 failed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }
bad() { failed=$((failed + 1)); echo "FAILED: $1"; }

# Waits for a line of the monitor's, or so many; the limit only ends what hangs.
await() {
	local i=0
	until [ "$(grep -c -- "$2" /tmp/monitor)" -ge "${3:-1}" ]; do
		i=$((i + 1))
		if [ $i -gt 300 ]; then
			bad "$1"
			tail -n 20 /tmp/monitor
			return
		fi
		sleep 0.1
	done
	ok "$1"
}

# Opens the drive until the monitor's line is there: between two opens Linux asks a drive for its events only, and
# QEMU's has none for a disc that is taken out (docs/decisions/0006-drives.md).
await_opened() {
	local i=0
	until grep -q -- "$2" /tmp/monitor || [ $i -gt 100 ]; do
		i=$((i + 1))
		dd if=/dev/sr0 of=/dev/null count=1 2>/dev/null
		sleep 0.1
	done
	await "$1" "$2"
}

# What is listed under a class.
listed() {
	if pnpnotify list --class "$2" | grep -q "$3"; then ok "$1"; else
		bad "$1"
		pnpnotify list --class "$2"
	fi
}

while read -r module; do insmod "/hardware/$module" 2>/dev/null; done </hardware/order
echo 100 >/sys/module/block/parameters/events_dfl_poll_msecs
i=0
until [ -e /sys/block/sda ] && [ -e /sys/block/sr0 ] || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
export PNPNOTIFY_ADDRESS=unix:path=/tmp/manager
pnpnotifyd --address unix:path=/tmp/manager &
manager=$!
until [ -S /tmp/manager ]; do sleep 0.1; done
pnpnotify monitor >/tmp/monitor 2>&1 &
monitor=$!
touch /tmp/monitor
await "the monitor watches" watching

listed "L1: SCSI disk" disk 'SCSI.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.'
listed "L1: CD-ROM drive" cdrom 'SCSI.CDROM&VEN_QEMU&PROD_QEMU_DVD-ROM.'
listed "L1: serial port" serial 'TTY.TTY%530 '
listed "U16: which is COM1" serial 'TTY.TTY%530 .*  COM1'
listed "L1: keyboard" keyboard 'INPUT.EVENT'
listed "L1: USB hub" usb-hub 'USB.ROOT_HUB'
echo "MONITOR change cd DISKS/disc1"
await "L2: a disc is put in" 'SCSI.CDROM&VEN_QEMU.* .*GUID_IO_MEDIA_ARRIVAL'
echo "MONITOR eject -f cd"
await_opened "L2: it is taken out" 'SCSI.CDROM&VEN_QEMU.* .*GUID_IO_MEDIA_REMOVAL'
echo "MONITOR change cd DISKS/disc2"
await "L2: another one is put in" 'SCSI.CDROM&VEN_QEMU.* .*#3 GUID_IO_MEDIA_ARRIVAL'
echo "MONITOR change cd DISKS/disc3"
await "L2: one like it is put in its place: that is taken out" 'SCSI.CDROM&VEN_QEMU.* .*GUID_IO_MEDIA_REMOVAL' 2
await "L2: and another one is there" 'SCSI.CDROM&VEN_QEMU.* .*GUID_IO_MEDIA_ARRIVAL' 3
echo 1 >/proc/sys/dev/cdrom/lock
sleep 1000 </dev/sr0 &
holder=$!
until [ "$(readlink /proc/$holder/fd/0)" = /dev/sr0 ]; do sleep 0.1; done
echo "MONITOR eject cd"
await "L2: the button asks for the disc" 'SCSI.CDROM&VEN_QEMU.* .*GUID_IO_MEDIA_EJECT_REQUEST'
kill $holder
echo "MONITOR device_add usb-storage,drive=stick,id=usbstick"
await "L1: a USB stick is plugged in" 'USB.VID_46F4&PID_0001.*interface-arrived  usb'
await "L1: it is a disk" 'USBSTOR.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.*  interface-arrived  disk'
await "L1: with a volume" 'USBSTOR.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.*  interface-arrived  volume'
mkdir /tmp/stick
mount -t vfat -o ro /dev/sdb /tmp/stick
await "L2: it is mounted" 'USBSTOR.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.* .*GUID_IO_VOLUME_MOUNT.*"/tmp/stick"'
umount /tmp/stick
await "L2: and unmounted" 'USBSTOR.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.* .*GUID_IO_VOLUME_DISMOUNT'
echo "MONITOR device_del usbstick"
await "L1: it is pulled" 'USBSTOR.DISK&VEN_QEMU&PROD_QEMU_HARDDISK.*  interface-removed  volume'
echo "MONITOR device_add usb-kbd,id=keys"
await "L1: a USB keyboard" 'HID.VID_0627&PID_0001.*interface-arrived  hid'
await "L1: is a keyboard" 'INPUT.EVENT.*interface-arrived  keyboard'
# A PCI driver that has its device from devm_pnpn_device_register(): each time it is bound.
insmod /modules/pnpnotify.ko || bad "pnpnotify.ko is loaded"
insmod /modules/kernel-edu.ko || bad "kernel-edu.ko is loaded"
for times in 1 2; do
	await "R1: a PCI driver reports from its interrupt, time $times" 'KERNEL.PCI.* .*"factorial: 120"' $times
	pci=$(ls /sys/bus/pci/drivers/kernel_edu | grep :)
	echo "$pci" >/sys/bus/pci/drivers/kernel_edu/unbind
	await "D8: the device goes with the driver, time $times" 'KERNEL.PCI.*device-removed' $times
	[ $times = 2 ] || echo "$pci" >/sys/bus/pci/drivers/kernel_edu/bind
done
rmmod kernel-edu && ok "nothing holds the driver" || bad "nothing holds the driver"

mount -t configfs configfs /sys/kernel/config
insmod /hardware/null_blk.ko nr_devices=0
insmod /hardware/zram.ko num_devices=1
insmod /hardware/scsi_debug.ko add_host=0 dev_size_mb=8
mkdir -p /mnt
kill $monitor
. /root/told.sh
. /root/storage.sh
. /root/rest.sh

# storage WAY SITUATION...: with a manager of its own, from the start.
storage() {
	way=$1
	shift
	kill "$manager"
	wait "$manager" 2>/dev/null
	pnpnotifyd --address unix:path=/tmp/manager &
	manager=$!
	until pnpnotify list >/dev/null 2>&1; do sleep 0.1; done
	listen
	for situation; do $situation; done
}

made="device_mapper logical_volumes encrypted mirrored pulled_stick card_reader wireguard"
# shellcheck disable=SC2086
storage "no udev" $made null_blk zram scsi_debug virtual_disk
systemd-udevd --daemon
# shellcheck disable=SC2086
storage "udev" $made null_blk zram scsi_debug virtual_disk
mkdir -p /run/udev/rules.d
echo 'SUBSYSTEM=="block|net", ACTION!="remove", PROGRAM="/bin/sleep 0.3"' >/run/udev/rules.d/00-slow.rules
udevadm control --reload
# shellcheck disable=SC2086
storage "slow udev" $made
at_rest
echo "RESULT $passed passed, $failed failed"
