# SPDX-License-Identifier: MIT
# In a Debian that has nothing but a compiler and libpnpnotify-dev: programs of each face are built and run.
. /tests/package/lib.sh
cd /tests/source || exit 1
mkdir -p /tmp/programs
out=/tmp/programs
export PNPNOTIFY_ADDRESS=unix:path=/tmp/socket

# As README says: the source, the program, the face, further options.
build() {
	local source=$1 program=$2 face=$3
	shift 3
	# shellcheck disable=SC2046
	cc -Wall -Werror "$@" "$source" -o "$out/$program" $(pkg-config --cflags --libs "$face")
}

# Each public header; one for Windows' names after its face's first, and in at least one of the two faces. But for
# those that only lead to another, in capitals, and for what g++ alone reads.
headers_compile() {
	local header name face flags wrong="" first
	while read -r header; do
		# As a program names it: what stands in front of another of its name asks for the next one.
		case $header in
		/usr/include/pnpnotify/windows*/libc/*) name=${header##*/libc/} flags="pnpnotify-win32 pnpnotify-wdm" ;;
		/usr/include/pnpnotify/windows-kmdf/*) name=wdf.h flags="pnpnotify-kmdf" ;; # the others are parts of it
		/usr/include/pnpnotify/windows*) name=${header#/usr/include/pnpnotify/windows*/} flags="pnpnotify-win32 pnpnotify-wdm" ;;
		*) name=${header#/usr/include/} flags="pnpnotify" ;;
		esac
		for face in $flags none; do
			[ "$face" != none ] || { wrong="$wrong $header"; break; }
			case $face,$header in
			# In this order, as they say themselves.
			pnpnotify-win32,*/winsock2.h | pnpnotify-win32,*/ws2tcpip.h) first=winsock2.h ;;
			pnpnotify-win32,*) first=windows.h ;;
			pnpnotify-wdm,* | pnpnotify-kmdf,*) first=ntddk.h ;;
			*) first=pnpnotify.h ;;
			esac
			# shellcheck disable=SC2046
			printf '#include <%s>\n#include <%s>\n' $first "$name" | cc -Wall -Werror -fsyntax-only $(pkg-config --cflags "$face") -x c - && break
		done
	done < <(dpkg -L libpnpnotify-dev | grep '\.h$' | grep -v '/spellings/\|/c++config.h')
	[ -z "$wrong" ] || { echo "do not compile:$wrong"; return 1; }
}

native_runs() {
	"$out/greeter" &
	for _ in $(seq 600); do pnpnotify list | grep -q GREETER && break; sleep 0.1; done
	"$out/listener" >/tmp/listener && grep '^5: Hello!' /tmp/listener && grep 'the device is gone' /tmp/listener
}

windows_runs() {
	local app host
	"$out/hello-app" >/tmp/app 2>&1 &
	app=$!
	await /tmp/app waiting || return 1
	pnpnotify host "$out/hello-driver.so" --device 'ROOT\HELLO\0000' >/tmp/host 2>&1 &
	host=$!
	await /tmp/app '^5: Hello!' && kill -INT $host && await /tmp/app gone && wait $app
}

cat >/tmp/embedded.c <<'C'
#include <stdio.h>
#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include <pnpnotify/manager.h>

int main(void)
{
	struct pnpn_manager *manager;
	struct pnpn_connection *connection;

	if (pnpn_manager_start(&manager, NULL, 0) < 0 || pnpn_manager_connect(manager, &connection) < 0)
		return 1;
	pnpn_disconnect(connection);
	pnpn_manager_stop(manager);
	puts(pnpn_get_version());
	return 0;
}
C

try "libpnpnotify-dev and a compiler are all that is installed" \
	apt-get install -y --no-install-recommends gcc libc6-dev pkg-config /packages/libpnpnotify-dev_*.deb /packages/pnpnotify_*.deb
for face in pnpnotify pnpnotify-manager pnpnotify-win32 pnpnotify-wdm pnpnotify-kmdf; do
	try "pkg-config has all that $face wants" pkg-config --print-errors --cflags --libs "$face"
done
try "each header compiles" headers_compile
try "the native face: a driver" build examples/native/greeter.c greeter pnpnotify
try "the native face: an application" build examples/native/listener.c listener pnpnotify
try "the manager inside a program" build /tmp/embedded.c embedded pnpnotify-manager
try "it runs" "$out/embedded"
try "the application face" build examples/hello/hello-app.c hello-app pnpnotify-win32
try "the application face: WinMain()" build tests/contract/program-winmain.c winmain pnpnotify-win32
try "U15: WinMain() runs" "$out/winmain" two words
try "the application face: wmain()" build tests/contract/program-wmain.c wmain pnpnotify-win32 -DUNICODE -D_UNICODE
try "U15: wmain() runs" env LC_ALL=C.UTF-8 "$out/wmain" grüße
try "the driver face" build examples/hello/hello-driver.c hello-driver.so pnpnotify-wdm -shared -fPIC
pnpnotifyd --address $PNPNOTIFY_ADDRESS --no-linux >/tmp/manager 2>&1 &
for _ in $(seq 600); do [ -S /tmp/socket ] && break; sleep 0.1; done
try "R1: the native face's programs meet" native_runs
try "R1: a Windows driver and a Windows application meet" windows_runs
result
