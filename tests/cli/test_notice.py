#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What pnpnotifyd tells whoever runs it: on stderr, and in the journal with fields to look for (D10)."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest

from tool import PATIENCE, Case, Manager

JOURNAL = "/run/systemd/journal/socket"
INSIDE = "PNPN_TEST_INSIDE"
TOO_MANY = [rf"ROOT\AWAITED\{number}" for number in range(4097)]


class Notice(Case):
    def restart(self, stderr, **environment):
        self.manager.end()
        self.manager = Manager(self.folder.name, "--no-linux", stderr=stderr, **environment)

    def be_refused(self):
        self.assertIn("quota", self.run_tool("monitor", "--wait", *TOO_MANY, status=1).stderr)

    def test_d10_a_refusal_is_said_once_and_counted(self):
        with open(pathlib.Path(self.folder.name) / "stderr", "w+", encoding="utf-8") as stderr:
            self.restart(stderr)
            self.be_refused()
            self.be_refused()
            stderr.seek(0)
            self.assertEqual(stderr.read(),
                             f"pnpnotifyd: user {os.getuid()} is refused more: limit of registrations\n")
        rows = [row for row in map(json.loads, self.run_tool("status", "--json").stdout.splitlines()) if row.get("resource") == "refusals"]
        self.assertEqual([(row["uid"], row["used"]) for row in rows], [(os.getuid(), 2)])

    @unittest.skipUnless(os.environ.get(INSIDE), "mounts of its own are for root")
    def test_d10_in_the_journal_it_has_fields(self):
        pathlib.Path(JOURNAL).parent.mkdir(parents=True)
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        status = os.fstat(write)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.bind(JOURNAL)
            journal.settimeout(PATIENCE)
            self.restart(write, JOURNAL_STREAM=f"{status.st_dev}:{status.st_ino}")
            os.close(write)
            self.be_refused()
            fields = dict(line.split("=", 1) for line in journal.recv(65536).decode().splitlines())
        self.assertEqual(fields["PNPNOTIFY_RESOURCE"], "registrations")
        self.assertEqual(fields["PNPNOTIFY_UID"], "0")
        self.assertEqual(fields["PRIORITY"], "5")
        self.assertIn("refused", fields["MESSAGE"])


def begin_inside():
    """With a /run of its own, where that is allowed."""
    script = 'mount -t tmpfs tmpfs /run && exec "$@"'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
    if os.getuid() == 0 and subprocess.run([*command, script, "sh", "true"], check=False).returncode == 0:
        os.environ[INSIDE] = "1"
        os.execvp(command[0], [*command, script, "sh", sys.executable, *sys.argv])


if __name__ == "__main__":
    if INSIDE not in os.environ:
        begin_inside()
    unittest.main(argv=[sys.argv[0], "-v"])
