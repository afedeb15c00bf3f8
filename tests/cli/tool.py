# SPDX-License-Identifier: MIT
"""A manager on a private socket and the command against it: what the tests of the command line share.

Whoever imports this was started as: TEST.py PNPNOTIFY PNPNOTIFYD HELLO_DRIVER LIBPNPNOTIFY
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOOL, DAEMON, DRIVER, LIBRARY = sys.argv[1:5]
PATIENCE = 60
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]


class Manager:
    """A pnpnotifyd that is ready: it tells so as it would tell systemd."""

    def __init__(self, folder, *options, stderr=subprocess.DEVNULL, **environment):
        self.address = f"unix:path={folder}/socket"
        notify = pathlib.Path(folder) / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(notify))
            told.settimeout(PATIENCE)
            self.process = subprocess.Popen(
                [*DIES_WITH_US, DAEMON, "--address", self.address, *options],
                env=dict(os.environ, NOTIFY_SOCKET=str(notify), **environment), stderr=stderr)
            told.recv(4096)
        notify.unlink()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def await_rest(process):
    """Until it uses the processor no more but for trying again now and then."""
    used = -1
    for _ in range(PATIENCE * 5):
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        before, used = used, int(fields[11]) + int(fields[12])
        if used == before:
            return
        time.sleep(0.2)
    raise AssertionError("it does not come to rest")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pnpn-cli-")
        self.addCleanup(self.folder.cleanup)
        self.manager = Manager(self.folder.name, "--no-linux")
        self.addCleanup(lambda: self.manager.process.poll() is None and self.manager.end())
        self.env = dict(os.environ, PNPNOTIFY_ADDRESS=self.manager.address)

    def run_tool(self, *arguments, status=0):
        done = subprocess.run([TOOL, *arguments], env=self.env, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, status, (arguments, done.stdout, done.stderr))
        return done

    def start(self, *arguments, ready, stdout=subprocess.PIPE):
        """Starts a command; returns once it printed what `ready` matches on stderr."""
        process = subprocess.Popen([*DIES_WITH_US, TOOL, *arguments], env=self.env, text=True,
                                   stdout=stdout, stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout and process.stdout.close(),
                                 process.stderr.close()))
        for line in process.stderr:
            if re.search(ready, line):
                return process
        self.fail(f"{arguments} ended")

    def start_host(self):
        return self.start("host", DRIVER, "--device", r"ROOT\HELLO\0000", ready="started")
