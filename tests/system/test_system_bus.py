#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The system bus: a dbus-daemon of the test's own, under the policy that is installed.

usage: test_system_bus.py PNPNOTIFY PNPNOTIFYD HELLO_DRIVER POLICY
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

TOOL, DAEMON, DRIVER, POLICY = sys.argv[1:5]
PATIENCE = 60
SKIP = 77
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]
NOBODY, ANOTHER = 65534, 1

# What Debian's system.conf says, without what needs a user of the bus's own.
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
<type>system</type>
<listen>unix:path={folder}/bus</listen>
<policy context="default">
<allow user="*"/>
<deny own="*"/>
<deny send_type="method_call"/>
<allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/>
<allow receive_type="method_return"/>
<allow receive_type="error"/>
<allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/>
</policy>
<servicedir>{folder}</servicedir>
<include>{policy}</include>
{more}
</busconfig>
"""

# What the bus starts in the manager's place: it leaves a mark.
SERVICE = """[D-BUS Service]
Name=org.pnpnotify.Manager1
Exec=/bin/sh -c "touch {folder}/started; false"
"""


class Bus(unittest.TestCase):
    more = ""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pnpn-bus-")
        self.addCleanup(self.folder.cleanup)
        config = pathlib.Path(self.folder.name) / "bus.conf"
        config.write_text(CONFIG.format(folder=self.folder.name, policy=POLICY, more=self.more), encoding="utf-8")
        (config.parent / "org.pnpnotify.Manager1.service").write_text(SERVICE.format(folder=self.folder.name),
                                                                      encoding="utf-8")
        self.env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.folder.name}/bus")
        self.env.pop("PNPNOTIFY_ADDRESS", None)
        self.bus = self.start(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                               "--print-address=1"])
        self.bus.stdout.readline()
        self.manager = None
        self.start_manager()

    def start(self, command, **user):
        process = subprocess.Popen(DIES_WITH_US + command, env=self.env, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **user)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close(), process.stderr.close()))
        return process

    def start_manager(self):
        self.manager = self.start([DAEMON, "--no-linux", "--owners", f"{self.folder.name}/owners"])
        # Ready when it has its name. Who called it before would have the bus start another one.
        while "boolean true" not in self.send("--print-reply", "--dest=org.freedesktop.DBus", "/",
                                              "org.freedesktop.DBus.NameHasOwner", "string:org.pnpnotify.Manager1").stdout:
            self.assertIsNone(self.manager.poll(), "pnpnotifyd ended")

    def await_line(self, stream, part):
        for line in stream:
            if part in line:
                return line
        self.fail(f'"{part}" did not come')

    def send(self, *arguments):
        return subprocess.run(["dbus-send", f"--bus=unix:path={self.folder.name}/bus", *arguments], timeout=PATIENCE,
                              capture_output=True, text=True)

    def connections(self):
        """The unique names of all who are on the bus."""
        names = self.send("--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames").stdout
        return re.findall(r'"(:[\d.]+)"', names)


class SystemBus(Bus):
    def test_r1_an_event_all_the_way(self):
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        host = self.start([TOOL, "host", DRIVER])
        self.await_line(host.stderr, "started")
        for count in range(1, 6):
            self.assertIn("Hello!", self.await_line(monitor.stdout, f"#{count} "))
        subprocess.run([TOOL, "report", r"ROOT\HELLO-DRIVER\0000", "GUID_IO_VOLUME_CHANGE"], env=self.env,
                       timeout=PATIENCE, check=True)
        self.await_line(monitor.stdout, "GUID_IO_VOLUME_CHANGE")
        host.send_signal(signal.SIGKILL)
        self.await_line(monitor.stdout, "device-removed")

    def test_d9_who_owns_devices(self):
        for path in pathlib.Path(self.folder.name), pathlib.Path(self.folder.name) / "bus":
            path.chmod(0o777 if path.is_socket() else 0o755)
        owners = pathlib.Path(self.folder.name) / "owners"
        # Others may look, and own what the file says.
        subprocess.run([TOOL, "list"], env=self.env, user=NOBODY, group=NOBODY, extra_groups=[], timeout=PATIENCE,
                       check=True)
        host = self.start([TOOL, "host", DRIVER], user=NOBODY, group=NOBODY, extra_groups=[])
        self.assertNotEqual(host.wait(PATIENCE), 0)
        owners.write_text("%65534 ROOT\\HELLO*\n", encoding="utf-8")
        host = self.start([TOOL, "host", DRIVER], user=NOBODY, group=NOBODY, extra_groups=[])
        self.await_line(host.stderr, "started")
        report = [TOOL, "report", r"ROOT\HELLO-DRIVER\0000", "GUID_IO_VOLUME_CHANGE"]
        refused = subprocess.run(report, env=self.env, user=ANOTHER, group=ANOTHER, extra_groups=[],
                                 timeout=PATIENCE, capture_output=True, text=True)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("another user's", refused.stderr)
        subprocess.run(report, env=self.env, user=NOBODY, group=NOBODY, extra_groups=[], timeout=PATIENCE, check=True)

    def test_it_says_what_it_serves(self):
        name, path = "org.pnpnotify.Manager1", "/org/pnpnotify/Manager1"

        def call(interface, *arguments):
            return subprocess.run(["dbus-send", f"--bus=unix:path={self.folder.name}/bus", "--print-reply",
                                   f"--dest={name}", path, f"{interface}.{arguments[0]}", *arguments[1:]],
                                  timeout=PATIENCE, capture_output=True, text=True)

        xml = call("org.freedesktop.DBus.Introspectable", "Introspect").stdout
        for member in "CreateDevice", "Report", "GetUsage", "Attached", "Version":
            self.assertIn(f'name="{member}"', xml)
        version = call("org.freedesktop.DBus.Properties", "Get", f"string:{name}", "string:Version")
        protocol = (pathlib.Path(__file__).parents[2] / "src/core/protocol.h").read_text(encoding="utf-8")
        self.assertIn("uint32 " + re.search(r"PNPN_INTERFACE_VERSION (\d+)u", protocol)[1], version.stdout)
        for wrong, word in (["Nothing"], "Unknown"), (["Close", "string:x"], "InvalidArgs"), (["Close", "uint64:1"], "EBADF"):
            refused = call(name, *wrong)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(word, refused.stderr)

    def test_each_call_is_answered_once(self):
        for command in "list", "status":
            subprocess.run([TOOL, command], env=self.env, capture_output=True, timeout=PATIENCE, check=True)
        self.bus.terminate()
        self.assertNotIn("Rejected", self.bus.communicate(timeout=PATIENCE)[1])

    def test_a_killed_manager_is_noticed(self):
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        self.manager.kill()
        self.await_line(monitor.stderr, "gone")
        self.start_manager()
        self.await_line(monitor.stderr, "back")

    def test_u11_devices_and_registrations_come_back(self):
        host = self.start([TOOL, "host", DRIVER])
        self.await_line(host.stderr, "started")
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        self.manager.kill()
        self.await_line(monitor.stdout, "interface-removed")
        self.start_manager()
        self.await_line(host.stderr, "back")
        self.await_line(monitor.stdout, "interface-arrived")
        subprocess.run([TOOL, "report", r"ROOT\HELLO-DRIVER\0000", "GUID_IO_VOLUME_CHANGE"], env=self.env,
                       timeout=PATIENCE, check=True)
        self.await_line(monitor.stdout, "GUID_IO_VOLUME_CHANGE")

    def test_u11_a_stopped_manager_is_not_started_again(self):
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        started = pathlib.Path(self.folder.name) / "started"
        started.unlink(missing_ok=True)
        self.manager.terminate()
        self.await_line(monitor.stderr, "gone")
        # It looked for another one, and told the bus so.
        looks = self.start(["dbus-monitor", "--address", self.env["DBUS_SYSTEM_BUS_ADDRESS"], "member=GetNameOwner"])
        self.await_line(looks.stdout, "string \"org.pnpnotify.Manager1\"")
        self.assertFalse(started.exists(), "it had the bus start one")
        subprocess.run([TOOL, "list"], env=self.env, capture_output=True, timeout=PATIENCE)
        self.assertTrue(started.exists(), "who is new does")

    def test_who_is_not_the_manager_tells_nothing(self):
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        host = self.start([TOOL, "host", DRIVER])
        self.await_line(host.stderr, "started")
        for name in self.connections():
            self.send(f"--dest={name}", "--type=signal", "/org/pnpnotify/Manager1",
                      "org.pnpnotify.Manager1.DeviceChanged", "uint32:1", "uint64:7", "uint64:0",
                      r"string:ROOT\FORGED\0000", "boolean:true")
        subprocess.run([TOOL, "report", r"ROOT\HELLO-DRIVER\0000", "GUID_IO_VOLUME_CHANGE"], env=self.env,
                       timeout=PATIENCE, check=True)
        for line in monitor.stdout:
            self.assertNotIn("FORGED", line)
            if "GUID_IO_VOLUME_CHANGE" in line:
                break

    def test_a_second_manager_is_refused(self):
        done = subprocess.run([DAEMON, "--no-linux"], env=self.env, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there already", done.stderr)


class BusWhereAnybodyCallsAnybody(Bus):
    more = '<policy context="default"><allow send_type="method_call"/></policy>'

    def test_who_is_not_the_manager_has_nobody_report(self):
        monitor = self.start([TOOL, "monitor"])
        self.await_line(monitor.stderr, "watching")
        host = self.start([TOOL, "host", DRIVER])
        self.await_line(host.stderr, "started")
        refused = [self.send(f"--dest={name}", "--print-reply", "/org/pnpnotify/Owner1", "org.pnpnotify.Owner1.Report",
                             f"uint64:{device}", "string:6e0a9c11-2b3c-4d5e-0807-060504030201", "int32:-1", "array:byte:1")
                   for name in self.connections() for device in range(1, 4)]
        self.assertTrue(any("AccessDenied" in one.stderr for one in refused), [one.stderr for one in refused])
        self.assertFalse([one for one in refused if not one.returncode])


if __name__ == "__main__":
    if not shutil.which("dbus-daemon") or os.getuid() != 0:
        print("needs dbus-daemon, and root, to which the policy gives the manager's name")
        sys.exit(SKIP)
    unittest.main(argv=[sys.argv[0], "-v"])
