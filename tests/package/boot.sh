# SPDX-License-Identifier: MIT
# In a booted Debian with systemd: first pnpnotify as built from source, in /usr/local; then its package is
# installed, used by root and by others, and purged. The kernel's modules are those that DKMS built.
. /tests/package/lib.sh
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
until_active() {
	for _ in $(seq 100); do systemctl is-active -q pnpnotifyd.service && return 0; sleep 0.1; done
	return 1
}
nobody_lists() { as_nobody sh -c "pnpnotify list | grep -q 'LINUX.NET.LO  network'"; }

# What the bus says of the manager is what the file says that other programs are made from.
members() {
	sed -n '/interface name="org.pnpnotify.Manager1"/,/<\/interface>/s/.*<\(method\|property\|signal\) name="\([A-Za-z]*\)".*/\1 \2/p' | sort
}
interface_is_described() {
	members <"$1/dbus-1/interfaces/org.pnpnotify.Manager1.xml" >/tmp/described
	busctl --system --xml-interface introspect org.pnpnotify.Manager1 /org/pnpnotify/Manager1 | members >/tmp/spoken
	[ -s /tmp/spoken ] && diff /tmp/described /tmp/spoken
}

completes() {
	bash -c '. "$1/bash-completion/completions/pnpnotify" && COMP_WORDS=(pnpnotify mon) COMP_CWORD=1 && _pnpnotify &&
		[ "${COMPREPLY[*]}" = monitor ]' bash "$1"
}

# Rules and modes of /dev/pnpnotify; a driver's event goes all the way.
carrier_reports() {
	pnpnotify monitor '\\.\Carrier' >/tmp/carrier 2>&1 &
	await /tmp/carrier watching && ip link set lo down && ip link set lo up && await /tmp/carrier 'lo: carrier'
}

try "D9: the bus starts what was built from source" nobody_lists
try "it is systemd's" until_active
try "D9: nobody may not be the manager" refused as_nobody pnpnotifyd --no-linux
systemctl stop pnpnotifyd.service pnpnotifyd.socket
find /usr/local /etc -name '*pnpnotify*' -exec rm -rf {} +
systemctl daemon-reload
busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig >/dev/null

try "install" dpkg -i /packages/pnpnotify_*.deb
try "the service runs" systemctl is-active pnpnotifyd.service
try "the socket listens" systemctl is-active pnpnotifyd.socket
try "root lists devices over the bus" sh -c "pnpnotify list | grep -q 'LINUX.NET.LO  network'"
try "so does nobody" nobody_lists
try "and over the socket" as_nobody env PNPNOTIFY_ADDRESS=unix:path=/run/pnpnotify.socket pnpnotify list
as_nobody pnpnotify monitor '\\.\lo' >/tmp/monitor 2>&1 &
monitor=$!
await /tmp/monitor watching
try "D9: nobody may not report on Linux's devices" refused as_nobody pnpnotify report '\\.\lo' uevent --text no
try "D9: root may" pnpnotify report '\\.\lo' uevent --text hello
try "D9: nobody watches" await /tmp/monitor hello
kill $monitor
try "the interface is as described" interface_is_described /usr/share
try "the shell completes commands" completes /usr/share
try "the module that DKMS built is loaded" modprobe pnpnotify
try "the rule for /dev/pnpnotify is read" sh -c \
	"udevadm test /sys/class/misc/pnpnotify 2>&1 | grep -q 60-pnpnotify.rules && stat -c '%a %U' /dev/pnpnotify | grep -q '600 root'"
try "the driver that DKMS built is loaded" modprobe kernel-carrier
try "R1: its event goes all the way" carrier_reports
systemctl kill -s KILL pnpnotifyd.service
try "it comes back when it was killed" until_active
try "and answers" nobody_lists
systemctl stop pnpnotifyd.service pnpnotifyd.socket
try "the bus starts it when it is asked for" nobody_lists
rmmod kernel-carrier
find /lib/modules/ -name 'pnpnotify.ko*' -delete
try "purge" dpkg -P pnpnotify
try "nothing is left" nothing_left
result
