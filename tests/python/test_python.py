#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Python package and its examples, against a real pnpnotifyd: test_python.py PNPNOTIFYD EXAMPLES."""
import asyncio
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

import pnpnotify
from pnpnotify import Kind

DAEMON, EXAMPLES = sys.argv[1:3]
PATIENCE = 60
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]
ID = r"ROOT\PYTHON\0000"
LINK = r"\\.\Python"
CLASS = uuid.UUID("6f1d5b2a-4a0c-4c55-8f6e-3b1f0a8d7c11")
EVENT = uuid.UUID("0e7d5c36-1f0f-4a38-9d0c-6a4a4a0f7b52")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pnpn-python-")
        self.addCleanup(self.folder.cleanup)
        self.address = f"unix:path={self.folder.name}/socket"
        self.start()
        self.addCleanup(self.stop)
        self.owner = pnpnotify.Connection(self.address)
        self.listener = pnpnotify.Connection(self.address)
        self.addCleanup(self.owner.close)
        self.addCleanup(self.listener.close)

    def start(self):
        notify = pathlib.Path(self.folder.name) / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(notify))
            told.settimeout(PATIENCE)
            self.manager = subprocess.Popen([*DIES_WITH_US, DAEMON, "--no-linux", "--address", self.address],
                                            env=dict(os.environ, NOTIFY_SOCKET=str(notify)))
            told.recv(4096)
        notify.unlink()

    def stop(self):
        self.manager.kill()
        self.manager.wait(PATIENCE)

    def device(self):
        device = self.owner.device(ID)
        device.add_link(LINK)
        device.start()
        return device

    def next(self):
        event = self.listener.next_event(PATIENCE)
        self.assertIsNotNone(event)
        return event


class Events(Case):
    def test_what_a_device_reports(self):
        device = self.device()
        registration = self.listener.register_device(LINK, userdata="mine")
        before = time.monotonic_ns()
        device.report(EVENT, b"\x01\x02\x03\x04", "Hallo, Gerät!")
        device.report(str(EVENT))
        event, bare = self.next(), self.next()
        self.assertEqual((event.kind, event.device, event.guid, event.sequence), (Kind.CUSTOM, ID, EVENT, 1))
        self.assertEqual((event.data[:4], event.text, event.name_offset), (b"\x01\x02\x03\x04", "Hallo, Gerät!", 4))
        self.assertEqual((event.registration, event.userdata, event.lost), (registration, "mine", 0))
        self.assertTrue(before <= event.monotonic_ns <= time.monotonic_ns())
        self.assertEqual((bare.data, bare.text, bare.name_offset, bare.sequence), (b"", None, None, 2))
        device.close()
        self.assertEqual(self.next().kind, Kind.DEVICE_REMOVED)

    def test_a_class_comes_and_goes(self):
        self.listener.register_class(CLASS)
        with self.owner.device(ID) as device:
            name = device.add_interface(CLASS, "one")
            device.start()
            arrived = self.next()
            self.assertEqual((arrived.kind, arrived.interface, arrived.guid), (Kind.INTERFACE_ARRIVED, name, CLASS))
            device.enable_interface(name, False)
            self.assertEqual(self.next().kind, Kind.INTERFACE_REMOVED)

    def test_a_filter(self):
        self.listener.register_filter(classes=[CLASS], events=[EVENT], userdata="mine")
        self.device()
        with self.owner.device(r"ROOT\PYTHON\0001") as device:
            device.add_interface(CLASS, "one")
            device.start()
            device.report(CLASS)
            device.report(EVENT)
            self.assertEqual(self.next().kind, Kind.INTERFACE_ARRIVED)
            event = self.next()
            self.assertEqual((event.guid, event.sequence, event.userdata), (EVENT, 2, "mine"))
        with self.assertRaises(OSError):
            self.listener.register_filter(properties=[("", "x")])

    def test_one_that_is_waited_for(self):
        self.listener.register_device(LINK, wait=True, existing=True)
        for _ in range(3):
            with self.device() as device:
                device.report(EVENT)
                self.assertEqual([self.next().kind for _ in range(2)], [Kind.DEVICE_ARRIVED, Kind.CUSTOM])
            self.assertEqual(self.next().kind, Kind.DEVICE_REMOVED)

    def test_nothing_comes_after_close(self):
        device = self.device()
        with self.listener.register_device(ID):
            device.report(EVENT)
        self.assertIsNone(self.listener.next_event(0.05))
        self.listener.register_device(ID, history=True)
        self.assertEqual(self.next().sequence, 1)

    def test_by_hand(self):
        self.device()
        self.listener.register_device(ID)
        done = threading.Event()

        def serve():
            while not done.is_set():
                self.owner.next_event(0.01)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            self.listener.report(ID, EVENT, b"\x07", "by hand")
        finally:
            done.set()
            thread.join()
        event = self.next()
        self.assertEqual((event.data[:1], event.text), (b"\x07", "by hand"))

    def test_a_descriptor_to_poll(self):
        device = self.device()
        self.listener.register_device(ID)
        device.report(EVENT, text="polled")
        self.assertEqual(select.select([self.listener], [], [], PATIENCE)[0], [self.listener])
        self.listener.dispatch()
        self.assertEqual(self.listener.next_event().text, "polled")


class Loops(Case):
    def test_for(self):
        device = self.device()
        self.listener.register_device(ID)
        for count in range(100):
            device.report(EVENT, count.to_bytes(4, "little"))
        device.close()
        seen = []
        for event in self.listener:
            if event.kind == Kind.DEVICE_REMOVED:
                break
            seen.append(int.from_bytes(event.data, "little"))
        self.assertEqual(seen, list(range(100)))

    def test_it_ends_with_the_manager(self):
        self.device()
        self.listener.register_device(ID)
        self.stop()
        self.assertEqual([event.kind for event in self.listener][-1], Kind.DISCONNECTED)

    def test_async_for_ends_with_the_manager(self):
        self.device()
        self.listener.register_device(ID)
        self.stop()

        async def listen():
            return [event.kind async for event in self.listener]

        self.assertEqual(asyncio.run(asyncio.wait_for(listen(), PATIENCE))[-1], Kind.DISCONNECTED)

    def test_async_for(self):
        device = self.device()
        self.listener.register_device(ID)

        async def listen():
            texts = []
            async for event in self.listener:
                texts.append(event.text)
                if len(texts) == 3:
                    return texts

        async def both():
            task = asyncio.create_task(listen())
            for text in ("one", "two", "three"):
                await asyncio.sleep(0)
                device.report(EVENT, text=text)
            return await asyncio.wait_for(task, PATIENCE)

        self.assertEqual(asyncio.run(both()), ["one", "two", "three"])

    def test_a_lasting_connection_comes_back(self):
        with pnpnotify.Connection(self.address, lasting=True) as connection:
            self.stop()
            self.start()
            kinds = [connection.next_event(PATIENCE).kind for _ in range(2)]
            self.assertEqual(kinds, [Kind.DISCONNECTED, Kind.CONNECTED])
            self.assertEqual(connection.devices(), [])


class Examples(Case):
    def start_example(self, name, ready):
        process = subprocess.Popen([*DIES_WITH_US, sys.executable, "-u", f"{EXAMPLES}/{name}"], text=True, stdout=subprocess.PIPE,
                                   env=dict(os.environ, PNPNOTIFY_ADDRESS=self.address))
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close()))
        self.assertEqual(process.stdout.readline(), ready)
        return process

    def test_a_greeter_and_its_listener(self):
        greeter = self.start_example("greeter.py", "greeting\n")
        # It does not wait for anybody: on a busy machine it would be through before the listener is there.
        greeter.send_signal(signal.SIGSTOP)
        listener = self.start_example("listener.py", "listening\n")
        greeter.send_signal(signal.SIGCONT)
        said = listener.communicate(timeout=PATIENCE)[0].splitlines()
        self.assertEqual(said[-1], "the device is gone")
        self.assertRegex(said[-2], r"^\d+: Hello!$")

    def test_labels(self):
        watch = self.start_example("label_watch.py", "watching\n")
        volumes, renamed = "53f5630d-b6bf-11d0-94f2-00a0c91efb8b", "2de97f83-4c06-11d2-a532-00609713055a"
        with self.owner.device(ID) as device:
            device.add_interface(volumes)
            device.start()
            device.report(renamed, text="BACKUP")
            self.assertEqual(watch.stdout.readline(), f'{ID} is called "BACKUP" now\n')


class World(Case):
    def test_devices(self):
        device = self.device()
        name = device.add_interface(CLASS)
        self.listener.register_device(ID)
        info, = self.listener.devices()
        self.assertEqual((info.id, info.source, info.started, info.pid), (ID, "driver", True, os.getpid()))
        self.assertEqual((info.links, info.registrants), ((LINK,), 1))
        self.assertEqual(info.interfaces, (pnpnotify.Interface(name, CLASS, True),))

    def test_what_is_refused(self):
        with self.assertRaises(FileNotFoundError):
            self.listener.register_device(r"\\.\Nothing")
        self.device()
        with self.assertRaises(FileExistsError):
            self.listener.device(ID)
        with self.assertRaises(PermissionError):
            self.listener.device(r"LINUX\NET\LO")
        with self.assertRaises(ValueError):
            self.listener.register_class("no guid")
        with self.assertRaises(OSError):
            pnpnotify.Connection("unix:path=/nonexistent/socket")

    def test_what_is_closed(self):
        device = self.device()
        registration = self.listener.register_device(ID)
        registration.close()
        registration.close()
        self.owner.close()
        for call in (lambda: device.report(EVENT), device.start, self.owner.fileno, self.owner.devices):
            with self.assertRaises(ValueError):
                call()
        device.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
