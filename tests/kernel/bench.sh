# SPDX-License-Identifier: MIT
# Runs in the booted machine: what a report costs beside other channels, as ratios.
insmod /modules/pnpnotify.ko
insmod /modules/pnpnotify-bench.ko
if pnpn-bench-kernel; then echo "RESULT 1 passed, 0 failed"; else echo "RESULT 0 passed, 1 failed"; fi
