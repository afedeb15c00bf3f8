# SPDX-License-Identifier: MIT
"""Prints when a volume's label changes, whichever volume it is; with asyncio, as part of a larger program."""
import asyncio
import uuid

import pnpnotify

VOLUMES = "53f5630d-b6bf-11d0-94f2-00a0c91efb8b"
RENAMED = uuid.UUID("2de97f83-4c06-11d2-a532-00609713055a")


async def watch():
    with pnpnotify.Connection() as connection:
        connection.register_class(VOLUMES)
        print("watching", flush=True)
        async for event in connection:
            if event.guid == RENAMED:
                print(f'{event.device} is called "{event.text}" now', flush=True)


asyncio.run(watch())
