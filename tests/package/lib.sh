# SPDX-License-Identifier: MIT
# What the scripts in a root share: each thing tried is one result, counted at the end.
passed=0 failed=0

try() {
	local name=$1
	shift
	"$@" >/tmp/log 2>&1
	local status=$?
	{ echo "== $name"; cat /tmp/log; } >>/tmp/all.log
	if [ $status -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		tail -n 8 /tmp/log | sed 's/^/  /'
	fi
}

refused() { ! "$@"; }

# Waits until a file says something; the limit only ends what hangs.
await() {
	for _ in $(seq 600); do
		grep -q -- "$2" "$1" 2>/dev/null && return 0
		sleep 0.1
	done
	echo "$1 did not say \"$2\":"
	cat "$1"
	return 1
}

# What is left of pnpnotify once its packages are purged; the tests' own files do not count.
nothing_left() {
	local left
	left=$(find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /packages -o -path /tests -o \
		-path /var/log -o -path /var/cache -o -path /var/lib/apt \) -prune -o -name '*pnpnotify*' -print)
	echo "$left"
	[ -z "$left" ]
}

result() { echo "RESULT $passed passed, $failed failed"; }
