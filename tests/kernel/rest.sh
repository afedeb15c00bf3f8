# SPDX-License-Identifier: MIT
# For hardware.sh: where nothing happens nobody wakes: neither managers, with udev and without, nor who listens.

# How often each thread of these processes has gone to sleep.
sleeps() {
	local pid
	for pid; do grep -h ^voluntary /proc/$pid/task/*/status; done
}

# Each is asleep again when one second is as the next one; what hangs is not at rest.
await_rest() {
	local i=0 before
	until before=$(sleeps "$@") && sleep 1 && [ "$(sleeps "$@")" = "$before" ]; do
		i=$((i + 1))
		[ $i -lt 60 ] || return
	done
}

# Starts a manager that has the name of its socket, and who registers for everything: both are among the resting then.
add_resting() {
	local address=unix:path=/tmp/$1
	shift
	"$@" pnpnotifyd --address $address &
	resting="$resting $!"
	until PNPNOTIFY_ADDRESS=$address pnpnotify list >/dev/null 2>&1; do sleep 0.1; done
	PNPNOTIFY_ADDRESS=$address pnpnotify monitor >/dev/null 2>/tmp/listening &
	resting="$resting $!"
	until grep -q watching /tmp/listening; do sleep 0.1; done
}

at_rest() {
	local resting="" before
	kill "$listener" "$manager"
	[ -e /sys/module/pnpnotify ] || insmod /modules/pnpnotify.ko # the PCI driver wanted it, too
	insmod /modules/pnpnotify-test.ko
	add_resting with-udev
	add_resting without-udev unshare -m sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh
	udevadm settle
	# shellcheck disable=SC2086
	await_rest $resting
	# shellcheck disable=SC2086
	before=$(sleeps $resting)
	sleep 30
	# shellcheck disable=SC2086
	if [ "$(sleeps $resting)" = "$before" ]; then ok "at rest nobody wakes in 30 s"; else
		bad "at rest nobody wakes in 30 s"
		echo "$before"
		# shellcheck disable=SC2086
		sleeps $resting
	fi
}
