# SPDX-License-Identifier: MIT
"""A process that owns a device and says "Hello!" on it, once a second, five times."""
import time

import pnpnotify

GREETING = "0e7d5c36-1f0f-4a38-9d0c-6a4a4a0f7b52"

with pnpnotify.Connection() as connection, connection.device(r"ROOT\GREETER\0000") as device:
    device.add_link(r"\\.\Greeter")
    device.start()
    print("greeting", flush=True)
    for count in range(1, 6):
        time.sleep(1)
        device.report(GREETING, count.to_bytes(4, "little"), "Hello!")
