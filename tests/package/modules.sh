# SPDX-License-Identifier: MIT
# In a Debian with the headers of a kernel before the newest: pnpnotify-dkms is installed, drivers are built
# on it, by hand and with DKMS, and again when the kernel is upgraded. What the newest kernel got goes to
# /tmp/modules.tar, for the machine that boots it.
. /tests/package/lib.sh

# The newest kernel of this suite, and one to upgrade from: the cloud's where there is no older one.
architecture=$(dpkg --print-architecture)
newest=$(apt-cache depends "linux-headers-$architecture" | sed -n 's/.*Depends: linux-headers-//p')
older=$(apt-cache pkgnames linux-headers- | sed -n "s/^linux-headers-\([0-9].*-$architecture\)$/\1/p" |
	grep -vE -- '-(cloud|rt)-' | sort -V | awk -v newest="$newest" '$0 == newest { exit } { last = $0 } END { print last }')
[ -n "$older" ] || older=$(apt-cache depends "linux-headers-cloud-$architecture" | sed -n 's/.*Depends: linux-headers-//p')

# MODULE RELEASE: DKMS has built and installed it for that kernel, and it finds all its symbols there.
built() {
	dkms status
	dkms status "$1" -k "$2" | grep -q ': installed' && modprobe -S "$2" --show-depends "$3"
}

# A driver built by hand, as docs/kernel.md says.
by_hand() (
	rm -rf /tmp/driver
	cp -r "/tests/source/examples/$1" /tmp/driver
	cd /tmp/driver && make -C "/lib/modules/$2/build" M="$PWD" modules && [ -e "$1.ko" ] &&
		! make -C "/lib/modules/$2/build" M="$PWD" modules 2>&1 | grep undefined
)

uses_pnpnotify() { modprobe -S "$1" --show-depends kernel-carrier | grep -q '/pnpnotify.ko'; }
have_symbols() { for release in "$@"; do [ -s "/lib/modules/$release/pnpnotify/Module.symvers" ] || return 1; done; }
keep() { tar cf /tmp/modules.tar -C / "lib/modules/$1/updates" && echo "$1" >/tmp/newest; }
absent() { [ ! -e "/lib/modules/$1/pnpnotify" ] && [ ! -L "/lib/modules/$1/pnpnotify" ]; }

# Without what is recommended: the newest headers would come at once.
try "pnpnotify-dkms and the headers of $older" \
	apt-get install -y --no-install-recommends "linux-headers-$older" /packages/pnpnotify-dkms_*.deb
try "the module is built and installed" built pnpnotify "$older" pnpnotify
try "a driver built by hand" by_hand kernel-carrier "$older"
try "a Windows driver built by hand" by_hand kernel-hello "$older"
cp -r /tests/source/examples/kernel-carrier /usr/src/kernel-carrier-1
try "a driver built with DKMS" sh -c "dkms add kernel-carrier/1 && dkms install kernel-carrier/1 -k $older"
try "it is installed" built kernel-carrier "$older" kernel-carrier
try "it stands on pnpnotify" uses_pnpnotify "$older"
try "the kernel is upgraded to $newest" apt-get install -y "linux-headers-$architecture"
try "the module is built again" built pnpnotify "$newest" pnpnotify
try "so is the driver" built kernel-carrier "$newest" kernel-carrier
try "it stands on pnpnotify there, too" uses_pnpnotify "$newest"
try "the Windows driver, by hand" by_hand kernel-hello "$newest"
try "each kernel has symbols of its own" have_symbols "$older" "$newest"
try "what was built is kept" keep "$newest"
try "the module leaves one kernel" sh -c "dkms uninstall kernel-carrier/1 -k $older && dkms uninstall pnpnotify/0.1.0 -k $older"
try "so do its symbols" absent "$older"
try "those of the other kernel stay" by_hand kernel-carrier "$newest"
try "the driver is removed" dkms remove kernel-carrier/1 --all
try "purge" dpkg -P pnpnotify-dkms
try "nothing is left" nothing_left

# Without a package, as docs/kernel.md says; RELEASE, since the running kernel is another.
export RELEASE=$newest
cd /tests/source || exit 1
try "the module from source" sh -c "make -C kernel && make -C kernel install && depmod $newest"
try "it is found" modprobe -S "$newest" --show-depends pnpnotify
try "a driver on it" by_hand kernel-carrier "$newest"
rm -rf "/lib/modules/$newest/pnpnotify" "/lib/modules/$newest"/*/pnpnotify.ko*
try "with DKMS from source" sh -c "make -C kernel dkms && dkms install pnpnotify/0.1.0 -k $newest"
try "it is installed there" built pnpnotify "$newest" pnpnotify
try "a driver on that" by_hand kernel-carrier "$newest"
result
