# SPDX-License-Identifier: MIT
# Runs in the booted machine: sections R, K and D inside Linux, the contract's tests with a kernel module's
# devices, and what only a kernel module can get wrong.
passed=0 failed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }
bad() { failed=$((failed + 1)); echo "FAILED: $1"; }

# A test program: its last lines are shown if it fails.
try() {
	local name=$1
	shift
	if timeout 200 "$@" >/tmp/log 2>&1; then ok "$name"; else
		bad "$name"
		grep -v '\[ RUN\|       OK \]' /tmp/log | tail -n 30
	fi
}

# The log must hold no warning but those that a test provokes.
check_log() {
	dmesg -r 2>/dev/null | sed 's/^<[0-9]*>//' >/tmp/dmesg
	if grep -E 'WARNING|BUG|Oops|KASAN|UBSAN|KCSAN|lockdep|possible|INFO: task|kmemleak: [1-9]|refcount_t|general protection|Call Trace' /tmp/dmesg; then
		bad "$1: the kernel's log"
		tail -n 60 /tmp/dmesg
	else
		ok "$1: the kernel's log"
	fi
	dmesg -c >/dev/null
}

# Cases of pnpnotify-kunit.ko, one result each.
run_kunit() {
	dmesg -c >/dev/null
	insmod /modules/pnpnotify-kunit.ko || bad "kunit: load"
	dmesg >/tmp/kunit
	for line in $(grep -oE '(not )?ok [0-9]+ (- )?[rkd][0-9]_*[a-z0-9_]*' /tmp/kunit | tr ' ' '~'); do
		case $line in
		not*) bad "kunit: ${line##*~}" ;;
		*) ok "kunit: ${line##*~}" ;;
		esac
	done
	[ "$(grep -cE 'ok [0-9]+ (- )?[rkd]' /tmp/kunit)" -ge 27 ] || { bad "kunit: too few cases"; tail -n 40 /tmp/kunit; }
	grep 'not so:\| is .*, not ' /tmp/kunit
	rmmod pnpnotify-kunit || bad "kunit: unload"
	check_log kunit
}

[ ! -e /modules/pnpnotify-coverage.ko ] || insmod /modules/pnpnotify-coverage.ko
insmod /modules/pnpnotify.ko && ok load || bad load
run_kunit
insmod /modules/pnpnotify-test.ko || bad "pnpnotify-test: load"
try "contract: native" kernel-test-native
try "contract: devices" kernel-test-devices
check_log contract
try "kernel device" kernel-test-device
check_log "kernel device"
try "changes" kernel-test-changes
try "manager" kernel-test-manager
check_log "changes and manager"
try "fuzz as root" kernel-fuzz 20000
chmod 0666 /dev/pnpnotify
try "fuzz as nobody" su nobody -c "kernel-fuzz 20000"
chmod 0600 /dev/pnpnotify
check_log fuzz

# V2: each allocation fails in turn.
rmmod pnpnotify-test && rmmod pnpnotify || bad "failing allocations: unload before"
for number in 1 2; do
	if insmod /modules-failing/pnpnotify.ko fail_at=$number 2>/dev/null; then
		bad "V2: loading without allocation $number"
		rmmod pnpnotify
	else
		ok "V2: loading without allocation $number"
	fi
done
insmod /modules-failing/pnpnotify.ko &&
	insmod /modules-failing/pnpnotify-test.ko || bad "failing allocations: load"
try "failing allocations" kernel-faults
rmmod pnpnotify-test && rmmod pnpnotify && insmod /modules/pnpnotify.ko ||
	bad "failing allocations: unload"
check_log "failing allocations"

# Loading and unloading under traffic: readers and a reporter run while the driver comes and goes.
load_and_unload() {
	local i=0
	while [ $i -lt "$1" ]; do
		insmod /modules/kernel-hello.ko || return 1
		rmmod kernel-hello || return 1
		i=$((i + 1))
	done
}
pnpnotifyd --address unix:path=/tmp/manager --no-linux &
manager=$!
export PNPNOTIFY_ADDRESS=unix:path=/tmp/manager
while [ ! -S /tmp/manager ]; do sleep 0.1; done
pnpnotify monitor >/tmp/monitor 2>&1 &
monitor=$!
if load_and_unload 200 >/tmp/log 2>&1; then ok "load and unload 200 times under traffic"; else
	bad "load and unload 200 times under traffic"
	cat /tmp/log
fi
kill $monitor $manager
wait $monitor $manager 2>/dev/null
reload() {
	local i=0
	while [ $i -lt 200 ]; do
		rmmod pnpnotify && insmod /modules/pnpnotify.ko || return 1
		i=$((i + 1))
	done
}
if reload >/tmp/log 2>&1; then ok "pnpnotify.ko 200 times"; else
	bad "pnpnotify.ko 200 times"
	cat /tmp/log
fi
check_log "load and unload"

# A kernel with kmemleak is asked what was not freed.
if [ -e /sys/kernel/debug/kmemleak ]; then
	echo scan >/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	if grep -q pnpn /sys/kernel/debug/kmemleak; then
		bad kmemleak
		head -n 40 /sys/kernel/debug/kmemleak
	else
		ok kmemleak
	fi
fi
[ ! -e /sys/kernel/debug/pnpnotify-coverage ] || cat /sys/kernel/debug/pnpnotify-coverage
echo "RESULT $passed passed, $failed failed"
