# SPDX-License-Identifier: MIT
# In a Debian that has nothing but python3-pnpnotify and what it wants: the programs of examples/python are run.
. /tests/package/lib.sh
cd /tests/source/examples/python || exit 1
export PNPNOTIFY_ADDRESS=unix:path=/tmp/socket PYTHONUNBUFFERED=1

imports() { (cd / && python3 -c 'import pnpnotify; print(pnpnotify.__file__)' | grep '^/usr/lib/python3/dist-packages/'); }

programs_meet() {
	python3 greeter.py >/tmp/greeter 2>&1 &
	await /tmp/greeter greeting && python3 listener.py >/tmp/listener && grep ': Hello!' /tmp/listener &&
		grep 'the device is gone' /tmp/listener
}

try "python3-pnpnotify and what it wants are all that is installed" \
	apt-get install -y --no-install-recommends /packages/python3-pnpnotify_*.deb /packages/pnpnotify_*.deb
try "nothing of libpnpnotify-dev is there" refused dpkg -s libpnpnotify-dev
try "it is imported from where Debian keeps modules" imports
pnpnotifyd --address $PNPNOTIFY_ADDRESS --no-linux >/tmp/manager 2>&1 &
for _ in $(seq 600); do [ -S /tmp/socket ] && break; sleep 0.1; done
try "R1: a driver and an application in Python meet" programs_meet
try "purge" dpkg -P python3-pnpnotify pnpnotify
try "nothing is left" nothing_left
result
