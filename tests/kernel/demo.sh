# SPDX-License-Identifier: MIT
# ./demo --kernel: an event travels from a module's timer to an application, and a cable is pulled.
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
await() {
	local i=0
	until grep -q -- "$2" "$1"; do
		i=$((i + 1))
		[ $i -lt 600 ] || { echo "demo: $1 never said \"$2\":"; cat "$1"; echo "RESULT 0 passed, 1 failed"; exit; }
		sleep 0.1
	done
}
export PNPNOTIFY_ADDRESS=unix:path=/tmp/manager

say "In a booted $(uname -sr): the module pnpnotify.ko, and the PnP manager"
insmod /modules/pnpnotify.ko
ls -l /dev/pnpnotify
pnpnotifyd --address unix:path=/tmp/manager --no-linux &
until [ -S /tmp/manager ]; do sleep 0.1; done

say "The hello application waits; then a module reports from its timer, and from its interrupt's bottom half"
hello-app >/tmp/app 2>&1 &
await /tmp/app waiting
insmod /modules/kernel-hello.ko
kernel-watch 'ROOT\KERNELHELLO\0000' >/tmp/watch 2>&1 &
pnpnotify monitor '\\.\KernelHello' >/tmp/monitor 2>&1 &
await /tmp/app '^5: Hello!'
await /tmp/monitor 'the bell rang'
pnpnotify list
rmmod kernel-hello
await /tmp/app gone
grep -q '^event' /tmp/watch || { echo "RESULT 0 passed, 1 failed"; exit; }
sed 's/^/  app: /' /tmp/app
grep -v watching /tmp/monitor | head -n 6 | sed 's/^/  monitor: /'

say "Network interfaces lose and get their carrier: three lines in a module"
insmod /modules/dummy.ko numdummies=0 2>/dev/null
insmod /modules/kernel-carrier.ko
pnpnotify monitor '\\.\Carrier' >/tmp/carrier 2>&1 &
await /tmp/carrier watching
ip link add plug type dummy
ip link set plug up
await /tmp/carrier 'plug: carrier'
ip link set plug down
await /tmp/carrier 'plug: no carrier'
grep -v watching /tmp/carrier | sed 's/^/  monitor: /'
echo "RESULT 1 passed, 0 failed"
