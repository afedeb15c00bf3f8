# SPDX-License-Identifier: MIT
"""Prints what a device reports, until it is gone: listener.py [DEVICE]."""
import sys

import pnpnotify
from pnpnotify import Kind

device = sys.argv[1] if len(sys.argv) > 1 else r"\\.\Greeter"
with pnpnotify.Connection() as connection:
    connection.register_device(device)
    print("listening", flush=True)
    for event in connection:
        if event.kind == Kind.CUSTOM:
            print(f"{event.sequence}: {event.text}", flush=True)
        elif event.kind == Kind.DEVICE_REMOVED:
            print("the device is gone")
            break
