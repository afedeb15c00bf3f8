# SPDX-License-Identifier: MIT
# Runs in a Debian with systemd: the package is installed, used by root and by others, and purged.
passed=0 failed=0
try() {
	local name=$1
	shift
	if "$@" >/tmp/log 2>&1; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		tail -n 5 /tmp/log | sed 's/^/  /'
	fi
}
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
refused() { ! "$@"; }
nothing_left() {
	local left
	left=$(find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /pnpnotify.deb -o -path /var/log \) -prune -o \
		-name '*pnpnotify*' -print)
	echo "$left"
	[ -z "$left" ]
}
try "install" dpkg -i /pnpnotify.deb
try "the service runs" systemctl is-active pnpnotifyd.service
try "the socket listens" systemctl is-active pnpnotifyd.socket
try "root lists devices over the bus" sh -c "pnpnotify list | grep -q 'LINUX.NET.LO  network'"
try "so does nobody" as_nobody sh -c "pnpnotify list | grep -q 'LINUX.NET.LO  network'"
try "and over the socket" as_nobody env PNPNOTIFY_ADDRESS=unix:path=/run/pnpnotify.socket pnpnotify list
as_nobody pnpnotify monitor '\\.\lo' >/tmp/monitor 2>&1 &
monitor=$!
for _ in $(seq 100); do grep -q watching /tmp/monitor && break; sleep 0.1; done
try "nobody may not report on Linux's devices" refused as_nobody pnpnotify report '\\.\lo' uevent --text no
try "root may" pnpnotify report '\\.\lo' uevent --text hello
for _ in $(seq 100); do grep -q hello /tmp/monitor && break; sleep 0.1; done
try "nobody watches" grep hello /tmp/monitor
kill $monitor
systemctl kill -s KILL pnpnotifyd.service
for _ in $(seq 100); do systemctl is-active -q pnpnotifyd.service && break; sleep 0.1; done
try "it comes back when it was killed" as_nobody sh -c "pnpnotify list | grep -q LINUX"
systemctl stop pnpnotifyd.service pnpnotifyd.socket
try "the bus starts it when it is asked for" as_nobody sh -c "pnpnotify list | grep -q LINUX"
try "purge" dpkg -P pnpnotify
try "nothing is left" nothing_left
echo "RESULT $passed passed, $failed failed"
