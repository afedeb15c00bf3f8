# SPDX-License-Identifier: MIT
# For hardware.sh: what is told of disks, event by event. Nothing may come between, nothing twice, nothing else.

# Begins to write down what is told: a line for each event, "DEVICE WORD TEXT"; of Linux's ids what is behind LINUX\BLOCK\.
# Words are +CLASS and -CLASS for interfaces, and short names for events. Not written: changes that have no event of
# their own, and a label's second event.
listen() {
	[ -z "$listener" ] || kill "$listener"
	rm -rf /tmp/told /tmp/taken
	mkdir /tmp/taken
	: >/tmp/told
	pnpnotify monitor --format '{kind}|{name}|{device}|{text}|{size_after}' 2>/tmp/listening | awk -F'|' '
		BEGIN {
			split("GUID_IO_VOLUME_MOUNT mount GUID_IO_VOLUME_DISMOUNT unmount GUID_IO_VOLUME_CHANGE label " \
				"GUID_IO_VOLUME_CHANGE_SIZE size GUID_IO_MEDIA_ARRIVAL media-arrival " \
				"GUID_IO_MEDIA_REMOVAL media-removal GUID_IO_MEDIA_EJECT_REQUEST eject-request " \
				"GUID_PNPNOTIFY_LINK_UP link-up GUID_PNPNOTIFY_LINK_DOWN link-down", w, " ")
			for (i = 1; i in w; i += 2) word[w[i]] = w[i + 1]
			split("disk partition volume network", c, " ")
			for (i in c) is_class[c[i]] = 1
		}
		{ sub(/^LINUX\\BLOCK\\/, "", $3); gsub(/\\/, ".", $3) }
		/^interface/ && is_class[$2] { print $3, ($1 ~ /arrived/ ? "+" : "-") $2; fflush() }
		/^event/ && $2 in word { print $3, word[$2] ($2 ~ /SIZE/ ? " " $5 : $4 == "" ? "" : " " $4); fflush() }
		' >/tmp/told &
	listener=$!
	until grep -q watching /tmp/listening; do sleep 0.1; done
}

# A device's event of that number, or nothing yet.
event_of() {
	sed -n "s|^$1 ||p" /tmp/told | sed -n "$2p"
}

# Other than it should be; what follows begins after what there is.
not_so() {
	bad "$1: $2: $3"
	sed -n "s|^$2 |	|p" /tmp/told
	grep -c "^$2 " /tmp/told >"/tmp/taken/$2"
}

# told WHAT DEVICE WORD...: a device's next events. The limit only ends what hangs, and what follows a failure is not
# waited for so long. DEVICE may be a pattern (sed's) where only one fits; a WORD may be one of the shell's, and may be
# missing, unless it is the last, if it begins with "?".
told() {
	local what="$way: $1" device=$2 n i line word wanted
	n=$(($(cat "/tmp/taken/$device" 2>/dev/null || echo 0) + 1))
	shift 2
	for word; do
		i=0 wanted=${word#\?}
		until line=$(event_of "$device" $n) && [ -n "$line" ]; do
			i=$((i + 1))
			if [ $i -gt $((failed ? 100 : 600)) ]; then
				not_so "$what" "$device" "\"$word\" is not told"
				return
			fi
			sleep 0.1
		done
		# shellcheck disable=SC2254
		case $line in
		$wanted) n=$((n + 1)) ;;
		*)
			if [ "$wanted" = "$word" ]; then
				not_so "$what" "$device" "told \"$line\", not \"$word\""
				return
			fi
			;;
		esac
	done
	echo $((n - 1)) >"/tmp/taken/$device"
	ok "$what"
}

# Nothing more than what was waited for: what was told by now comes before a device that is made now.
no_more() {
	local taken=0 n
	[ "$way" = "no udev" ] || udevadm settle
	losetup -r /dev/loop7 /bin/busybox
	told "$1: the end" LOOP7 +disk
	losetup -d /dev/loop7
	told "$1: the end" LOOP7 -disk
	for n in $(cat /tmp/taken/*); do taken=$((taken + n)); done
	if [ "$(wc -l </tmp/told)" -eq "$taken" ]; then ok "$way: $1: nothing else"; else
		bad "$way: $1: $taken events and others"
		cat /tmp/told
		echo $(($(wc -l </tmp/told) - taken + $(cat /tmp/taken/besides 2>/dev/null || echo 0))) >/tmp/taken/besides
	fi
}
