# SPDX-License-Identifier: MIT
# For hardware.sh: disks that are made of disks, that shrink and grow, whose medium is exchanged (L1, L2).

# What makes disks says a lot; only if it fails is it shown.
quiet() {
	"$@" >/tmp/log 2>&1 || {
		bad "$way: $*"
		cat /tmp/log
	}
}

# A disk of memory. Its size is in MiB.
make_null() {
	mkdir "/sys/kernel/config/nullb/$1"
	echo 1 >"/sys/kernel/config/nullb/$1/memory_backed"
	echo "$2" >"/sys/kernel/config/nullb/$1/size"
	echo 1 >"/sys/kernel/config/nullb/$1/power"
}

remove_null() {
	echo 0 >"/sys/kernel/config/nullb/$1/power"
	rmdir "/sys/kernel/config/nullb/$1"
}

# use_volume WHAT NODE DEVICE [WORD...]: a file system comes onto a disk, is mounted, unmounted, and gets another label.
use_volume() {
	# What is written while udev has read a disk and not begun to watch it nobody hears of.
	[ "$way" = "no udev" ] || udevadm settle
	mkfs.ext4 -qFL first "/dev/$2" 2>/dev/null || bad "$way: $1: mkfs.ext4"
	local what=$1 node=/dev/$2 device=$3
	shift 3
	told "$what: a volume" "$device" "$@" +volume "label first"
	mount "$node" /mnt
	told "$what: is mounted" "$device" "mount /mnt"
	umount /mnt
	told "$what: and unmounted" "$device" "unmount /mnt"
	e2label "$node" second
	told "$what: has another label" "$device" "label second"
}

# Of these disks' volumes and labels udev's rules want to know nothing.
mount_alone() {
	mkfs.ext4 -qF "/dev/$2"
	mount "/dev/$2" /mnt
	told "$1: is mounted" "$3" $4 "mount /mnt"
	umount /mnt
	told "$1: and unmounted" "$3" "unmount /mnt"
}

null_blk() {
	make_null nullb0 16
	told "null_blk: comes" NULLB0 +disk
	if [ "$way" = "no udev" ]; then use_volume null_blk nullb0 NULLB0; else mount_alone null_blk nullb0 NULLB0; fi
	remove_null nullb0
	told "null_blk: goes" NULLB0 -disk
	[ "$way" != "no udev" ] || told "null_blk: with its volume" NULLB0 -volume
	no_more null_blk
}

# Linux does not tell of a size that was none: udev finds it when it looks again.
zram() {
	local number
	number=$(cat /sys/class/zram-control/hot_add)
	told "zram: comes" "ZRAM$number" +disk
	echo 16M >"/sys/block/zram$number/disksize"
	if [ "$way" = "no udev" ]; then use_volume zram "zram$number" "ZRAM$number"; else
		mount_alone zram "zram$number" "ZRAM$number" "?size*"
	fi
	echo "$number" >/sys/class/zram-control/hot_remove
	told "zram: goes" "ZRAM$number" "?size*" -disk
	[ "$way" != "no udev" ] || told "zram: with its volume" "ZRAM$number" -volume
	no_more zram
}

# Somebody who writes nothing closes a disk that can't be read: others are looked at meanwhile.
while_suspended() {
	dmsetup suspend pnp
	echo 3 >/proc/sys/vm/drop_caches
	: >>/dev/dm-0
	[ "$way" = "no udev" ] || udevadm settle
	make_null nullb1 16
	told "dm: suspended: another disk comes" NULLB1 +disk
	if [ "$way" = "no udev" ]; then
		mkfs.ext4 -qFL alive /dev/nullb1
		told "dm: suspended: and is looked at" NULLB1 +volume "label alive"
	fi
	remove_null nullb1
	told "dm: suspended: and goes" NULLB1 -disk
	[ "$way" != "no udev" ] || told "dm: suspended: with its volume" NULLB1 -volume
	dmsetup resume pnp
}

# The disk below is concerned in nothing of it. At what moment a disk that is made has its size is Linux's business.
device_mapper() {
	make_null nullb0 16
	told "dm: a disk" NULLB0 +disk
	dmsetup create pnp --table "0 16384 linear /dev/nullb0 0"
	told "dm: one upon it" DM-0 +disk
	use_volume dm dm-0 DM-0 "?size 8388608"
	while_suspended
	dmsetup rename pnp pnpother
	no_more "dm: suspended, resumed, renamed"
	dmsetup reload pnpother --table "0 24576 linear /dev/nullb0 0"
	dmsetup resume pnpother
	told "dm: grows" DM-0 "size 12582912"
	dmsetup remove pnpother
	told "dm: goes" DM-0 -disk -volume
	remove_null nullb0
	told "dm: and its disk" NULLB0 -disk
	no_more dm
}

logical_volumes() {
	make_null nullb0 32
	told "LVM: a disk" NULLB0 +disk
	mkdir -p /etc/lvm
	echo 'devices { types = ["nullb", 16] }' >/etc/lvm/lvm.conf
	quiet lvm pvcreate -y /dev/nullb0
	quiet lvm vgcreate pnp /dev/nullb0
	quiet lvm lvcreate -y -Wn -Zn -L 8M -n one pnp
	told "LVM: a logical volume" DM-0 +disk
	use_volume LVM dm-0 DM-0 "?size 8388608"
	quiet lvm lvextend -L 16M pnp/one
	told "LVM: grows" DM-0 "size 16777216"
	quiet lvm lvremove -f pnp/one
	told "LVM: goes" DM-0 -disk -volume
	quiet lvm vgremove pnp
	remove_null nullb0
	told "LVM: and its disk" NULLB0 -disk
	no_more LVM
}

encrypted() {
	make_null nullb0 32
	told "LUKS: a disk" NULLB0 +disk
	printf secret >/tmp/secret
	quiet cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --key-file /tmp/secret /dev/nullb0
	quiet cryptsetup open --key-file /tmp/secret /dev/nullb0 pnp
	told "LUKS: what is in it" DM-0 +disk
	use_volume LUKS dm-0 DM-0 "?size 31457280"
	quiet cryptsetup close pnp
	told "LUKS: goes" DM-0 -disk -volume
	remove_null nullb0
	told "LUKS: and its disk" NULLB0 -disk
	no_more LUKS
}

mirrored() {
	make_null nullb0 16
	make_null nullb1 16
	told "md: a disk" NULLB0 +disk
	told "md: and another" NULLB1 +disk
	quiet mdadm --create /dev/md0 --run --assume-clean --level=1 --metadata=1.2 --raid-devices=2 /dev/nullb0 /dev/nullb1
	told "md: both as one" MD0 +disk
	# Of a disk that is part of an array the array's name is the label.
	if [ "$way" = "no udev" ]; then
		told "md: the array's name" NULLB0 "label *:0"
		told "md: on both" NULLB1 "label *:0"
	fi
	use_volume md md0 MD0 "?size *"
	quiet mdadm /dev/md0 --fail /dev/nullb1 --remove /dev/nullb1
	no_more "md: a disk is taken away"
	quiet mdadm --grow /dev/md0 --size=8192
	told "md: shrinks" MD0 "size 8388608"
	quiet mdadm --stop /dev/md0
	told "md: goes" MD0 -disk -volume
	remove_null nullb0
	remove_null nullb1
	told "md: and its disk" NULLB0 -disk
	told "md: and the other" NULLB1 -disk
	no_more md
}

# The disk of scsi_debug's, once it is there.
find_debug() {
	until debug=$(echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/*) && [ -e "$debug" ]; do
		sleep 0.1
	done
}

# A disk's size is told when Linux reads it again; that of a drive's medium, never.
scsi_debug() {
	local driver=/sys/bus/pseudo/drivers/scsi_debug disk='SCSI.DISK&VEN_LINUX[^ ]*' removable
	for removable in 0 1; do
		echo $removable >$driver/removable
		echo 0 >$driver/virtual_gb
		echo 1 >$driver/add_host
		told "scsi_debug: comes" "$disk" +disk
		find_debug
		echo 1 >$driver/virtual_gb
		echo 1 >"$debug/device/rescan"
		[ $removable = 1 ] || told "scsi_debug: grows" "$disk" "size 1073741824"
		until [ "$(cat "$debug/size")" = 2097152 ]; do sleep 0.1; done
		echo -1 >$driver/add_host
		# Of one that is removable Linux says that its medium is another, once it has asked it.
		told "scsi_debug: goes" "$disk" "?media-removal" "?media-arrival" -disk
	done
	no_more scsi_debug
}

virtual_disk() {
	local disk='SCSI.DISK&VEN_VIRTIO[^ ]*'
	echo "MONITOR drive_add 0 if=none,id=virtual,format=raw,file=DISKS/virtual"
	echo "MONITOR device_add virtio-blk-pci,drive=virtual,id=virtualdisk"
	told "virtio: comes" "$disk" +disk
	echo "MONITOR block_resize virtual 16M"
	told "virtio: grows" "$disk" "size 16777216"
	echo "MONITOR block_resize virtual 8M"
	told "virtio: shrinks" "$disk" "size 8388608"
	echo "MONITOR device_del virtualdisk"
	told "virtio: goes" "$disk" -disk
	no_more virtio
}

# The node of the USB disk.
find_stick() {
	until stick=$(ls -d /sys/bus/usb/drivers/usb-storage/*/host*/target*/*/block/* 2>/dev/null) && [ -b "/dev/${stick##*/}" ]; do
		sleep 0.1
	done
	stick=/dev/${stick##*/}
}

pulled_stick() {
	local disk='USBSTOR.DISK[^ ]*'
	echo "MONITOR drive_add 0 if=none,id=stick2,format=raw,file=DISKS/stick"
	echo "MONITOR device_add usb-storage,drive=stick2,id=stick2"
	told "stick: comes" "$disk" +disk +volume
	find_stick
	mount -t vfat -o ro "$stick" /mnt
	told "stick: is mounted" "$disk" "mount /mnt"
	echo "MONITOR device_del stick2"
	told "stick: is pulled" "$disk" -disk -volume
	umount /mnt
	no_more stick
}

# Both cards have the same size and label.
card_reader() {
	local disk='USBSTOR.DISK[^ ]*'
	echo "MONITOR drive_add 0 if=none,id=card"
	echo "MONITOR device_add usb-storage,drive=card,id=reader,removable=on"
	told "reader: comes" "$disk" +disk
	find_stick
	echo "MONITOR change card DISKS/card1 raw"
	told "reader: a card" "$disk" media-arrival +volume
	mount -t vfat -o ro "$stick" /mnt
	told "reader: is mounted" "$disk" "mount /mnt"
	umount /mnt
	told "reader: is unmounted" "$disk" "unmount /mnt"
	echo "MONITOR eject -f card"
	told "reader: no card" "$disk" -volume media-removal
	echo "MONITOR change card DISKS/card2 raw"
	told "reader: another card" "$disk" media-arrival +volume
	echo "MONITOR device_del reader"
	told "reader: goes with it" "$disk" -disk -volume
	no_more reader
}

# An interface that other kernels than a booted one may not have.
wireguard() {
	ip link add pnp0 type wireguard
	told "wireguard: comes" LINUX.NET.PNP0 +network
	ip link set pnp0 up
	told "wireguard: is up" LINUX.NET.PNP0 link-up
	ip link set pnp0 down
	told "wireguard: is down" LINUX.NET.PNP0 link-down
	ip link del pnp0
	told "wireguard: goes" LINUX.NET.PNP0 -network
	no_more wireguard
}
