#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""F1, F2, F3, F4, F5, F6 with real nats-servers, managers, publishers and mirrors.

usage: test_fleet.py PNPNOTIFY PNPNOTIFYD PNPNOTIFY-FLEET REPORTER HELLO-DRIVER HELLO-APP LABEL-APP [TEST...]
"""
import fcntl
import json
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from fleet import EVENT, Fleet, Machine, Nats, Reporter, free_ports, numbers, until  # noqa: E402

PATHS = dict(zip(("pnpnotify", "pnpnotifyd", "fleet", "reporter", "driver", "app", "label"), sys.argv[1:8]))
ID = "ROOT\\FLEET\\0000"
HERE = "FLEET\\ALPHA\\ROOT=5CFLEET=5C0000"
CLASS = "c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84"


class Case(unittest.TestCase):
    size = 1
    config = ""

    def setUp(self):
        self.fleet = Fleet(PATHS, self.size, self.config)
        self.addCleanup(self.fleet.close)

    def two(self, *words):
        """A machine that publishes, and one that mirrors it."""
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        self.publisher = self.alpha.run("--publish", *words)
        self.mirror = self.beta.run("--mirror", *words)

    def await_event(self, monitor, number):
        until(f"event {number}", lambda: f'"sequence":{number},' in monitor.text())

    def expect_all(self, monitor, count, device=HERE):
        """Each number once and in order, nothing told as lost."""
        self.await_event(monitor, count)
        got, lost = numbers(monitor.lines(), device)
        self.assertEqual(got, list(range(1, count + 1)))
        self.assertEqual(lost, 0)

    def expect_stream(self, reporter, count):
        """The stream, too, has each number once and in order; one more shows that nothing follows."""
        reporter.do("report 1 64")
        _, lines, _ = self.fleet.query("monitor", "--since", "1h", "--json", "--event", EVENT, "--count", str(count + 1))
        self.assertEqual(numbers(lines, ID), (list(range(1, count + 2)), 0))


class One(Case):
    def test_f1_f4_an_event_is_the_same_on_the_other_machine(self):
        self.two()
        there, here = self.alpha.monitor("--event", EVENT), self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID, CLASS, ["\\\\.\\Greeter"])
        until("the device", lambda: HERE in self.beta.devices())
        device = self.beta.devices()[HERE]
        self.assertEqual(device["links"], ["\\\\.\\alpha.Greeter"])
        self.assertEqual([one["class"] for one in device["interfaces"]], [CLASS])
        for size in (8, 0, 65499, 9):
            reporter.do(f"report 1 {max(size, 0)}")
        self.await_event(there, 4)
        self.await_event(here, 4)
        for one, other in zip(map(json.loads, there.lines()), map(json.loads, here.lines())):
            self.assertEqual((one.pop("device"), other.pop("device")), (ID, HERE))
            self.assertEqual(one, other)
        reporter.end()
        until("its end", lambda: HERE not in self.beta.devices())

    def test_f4_a_window_procedure_hears_another_machine_s_device(self):
        self.two()
        app = self.beta.start("app", PATHS["app"], env={"PNPNOTIFY_ADDRESS": self.beta.address})
        until("the application", lambda: "waiting" in app.out.read_text())
        self.alpha.start("host", PATHS["pnpnotify"], "host", PATHS["driver"], "--device", "ROOT\\HELLO\\0000",
                         env={"PNPNOTIFY_ADDRESS": self.alpha.address})
        until("five events", lambda: "5: Hello!" in app.out.read_text())
        self.alpha.manager.end(signal.SIGKILL)
        until("the end", lambda: "gone" in app.out.read_text())

    def test_f4_names_are_registered_and_opened_as_any_other(self):
        self.two()
        reporter = Reporter(self.fleet, self.alpha.address, ID, None, ["\\\\.\\Greeter"])
        until("the device", lambda: HERE in self.beta.devices())
        monitor = self.beta.monitor("\\\\.\\alpha.Greeter")
        reporter.do("report 3 16")
        self.expect_all(monitor, 3)

    def test_f2_a_program_that_knows_nats_alone(self):
        self.two()
        nats = Nats(self.fleet.ports[0])
        self.addCleanup(nats.close)
        nats.send("SUB pnpn.v1.alpha.*.ROOT=5CFLEET=5C0000.* 1\r\n")
        nats.flush()
        reporter = Reporter(self.fleet, self.alpha.address, ID, CLASS)
        reporter.do("report 1 9")
        seen = {}
        while "event" not in seen:
            subject, headers, data = nats.next()
            seen[headers["Pnpn-Kind"]] = (subject, headers, data)
        subject, headers, data = seen["event"]
        self.assertEqual(subject, f"pnpn.v1.alpha.{CLASS}.ROOT=5CFLEET=5C0000.{EVENT}")
        self.assertEqual(data, b"\1" + 8 * b"\0")
        self.assertEqual(headers["Pnpn-Host"], "alpha")
        self.assertEqual(headers["Pnpn-Device"], ID)
        self.assertEqual(headers["Pnpn-Guid"], EVENT)
        self.assertEqual(headers["Pnpn-Classes"], CLASS)
        self.assertEqual(headers["Pnpn-Sequence"], "1")
        self.assertEqual(headers["Pnpn-Name-Offset"], "-1")
        self.assertEqual(headers["Pnpn-Boot"], pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        self.assertLess(abs(int(headers["Pnpn-Time"]) - time.time_ns()), 60e9)
        self.assertIn(b"device ROOT\\FLEET\\0000\n", seen["device-arrived"][2])

    def test_f3_the_publisher_is_killed_and_goes_on(self):
        self.two()
        monitor = self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 100 64")
        self.await_event(monitor, 50)
        self.publisher.end(signal.SIGKILL)
        reporter.do("report 400 64")
        self.publisher = self.alpha.run("--publish")
        reporter.do("report 500 64")
        self.expect_all(monitor, 1000)
        self.expect_stream(reporter, 1000)

    def test_f3_the_mirror_is_killed_and_goes_on(self):
        self.two()
        monitor = self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 100 64")
        self.await_event(monitor, 100)
        reporter.begin("report 8000 64")
        self.await_event(monitor, 500)
        self.mirror.end(signal.SIGKILL)
        reporter.finish()
        self.mirror = self.beta.run("--mirror")
        self.expect_all(monitor, 8100)

    def test_f3_the_server_is_away(self):
        self.two()
        monitor = self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 100 64")
        self.await_event(monitor, 100)
        # What is sent ahead to a server that dies with it, then what waits for the next one.
        self.fleet.nats[0].process.send_signal(signal.SIGSTOP)
        reporter.do("report 100 64")
        time.sleep(0.3)
        self.fleet.nats[0].end(signal.SIGKILL)
        reporter.do("report 100 64")
        self.fleet.nats[0] = self.fleet.start_server(0)
        self.expect_all(monitor, 300)
        self.expect_stream(reporter, 300)

    def test_f1_r1_no_report_waits_for_the_network(self):
        self.two()
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        self.fleet.nats[0].process.send_signal(signal.SIGSTOP)
        # Each would have to wait for seconds; the limit is the test's own.
        reporter.do("report 200000 64")
        self.fleet.nats[0].process.send_signal(signal.SIGCONT)

    def test_f3_r15_what_the_backlog_has_no_room_for_is_counted(self):
        self.alpha = Machine(self.fleet, "alpha")
        publisher = self.alpha.run("--publish", "--backlog", "4M")
        nats = Nats(self.fleet.ports[0])
        self.addCleanup(nats.close)
        nats.send(f"SUB pnpn.v1.alpha.*.*.{EVENT} 1\r\n")
        nats.flush()
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 1 64")
        self.fleet.nats[0].process.send_signal(signal.SIGSTOP)
        # More than a ring of 64 MiB has room for.
        reporter.do("report 2000 60000")
        self.fleet.nats[0].process.send_signal(signal.SIGCONT)
        got, lost = [], 0
        while len(got) + lost < 2001:
            headers = nats.next()[1]
            got.append(int(headers["Pnpn-Sequence"]))
            lost += int(headers.get("Pnpn-Lost", 0))
        # One that is sent again before its acknowledgement came is twice on the wire, and once in the stream.
        self.assertEqual(len(set(got)) + lost, 2001)
        self.assertEqual(got[-1], 2001)
        self.assertGreater(lost, 0)
        publisher.await_said("are lost")

    def test_f3_r15_what_the_stream_has_no_room_for_is_counted(self):
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        self.publisher = self.alpha.run("--publish", "--stream-bytes", "1M")
        self.mirror = self.beta.run("--mirror")
        monitor = self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 10 64")
        self.await_event(monitor, 10)
        self.mirror.end(signal.SIGKILL)
        reporter.do("report 4000 1000")
        until("the last", lambda: self.fleet.query("monitor", "--since", "1h", "--json", "--count", "1")[1])
        until("all", lambda: json.loads(self.fleet.query("status", "--json")[1][0])["last"] >= 4011)
        self.mirror = self.beta.run("--mirror")
        self.await_event(monitor, 4010)
        got, lost = numbers(monitor.lines(), HERE)
        self.assertEqual(len(got) + lost, 4010)
        self.assertEqual(got, sorted(set(got)))
        self.assertGreater(lost, 100)

    @staticmethod
    def kinds(monitor):
        return [line["kind"] for line in map(json.loads, monitor.lines()) if line["device"] == HERE]

    def test_f5_a_silent_machine_goes_and_comes_back_once(self):
        self.two("--limit", "6")
        Reporter(self.fleet, self.alpha.address, ID)
        until("the device", lambda: HERE in self.beta.devices())
        monitor = self.beta.monitor()
        self.publisher.end(signal.SIGKILL)
        until("its end", lambda: HERE not in self.beta.devices())
        until("nobody", lambda: not self.fleet.query("hosts", "--json")[1])
        self.publisher = self.alpha.run("--publish", "--limit", "6")
        until("the device", lambda: HERE in self.beta.devices())
        until("both", lambda: len(self.kinds(monitor)) >= 2)
        self.assertEqual(self.kinds(monitor), ["device-removed", "device-arrived"])

    def test_f5_what_ends_on_purpose_is_gone_at_once(self):
        self.two()
        Reporter(self.fleet, self.alpha.address, ID)
        until("the device", lambda: HERE in self.beta.devices())
        self.assertEqual(self.publisher.end(), 0)
        until("its end", lambda: HERE not in self.beta.devices(), 20)
        self.assertEqual(self.mirror.end(), 0)

    def test_f4_u11_the_mirror_s_manager_restarts(self):
        self.two()
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 5 8")
        until("the device", lambda: HERE in self.beta.devices())
        self.beta.manager.end(signal.SIGKILL)
        self.beta.start_manager()
        until("the device", lambda: HERE in self.beta.devices())
        monitor = self.beta.monitor(HERE)
        reporter.do("report 1 8")
        until("the event", lambda: numbers(monitor.lines(), HERE) == ([6], 0))

    def test_f4_hosts_monitor_and_status(self):
        self.two()
        reporter = Reporter(self.fleet, self.alpha.address, ID, CLASS)
        reporter.do("report 3 8")
        until("the events", lambda: len(self.fleet.query("monitor", "--since", "1h", "--json", "--event", EVENT,
                                                         "--timeout", "1")[1]) == 3)
        status, lines, _ = self.fleet.query("monitor", "--since", "1h", "--count", "2", "--host", "alpha",
                                            "--class", CLASS, "--event", EVENT, "--time", "utc")
        self.assertEqual(status, 0)
        self.assertRegex(lines[1], rf"^alpha  \d{{4}}-.*Z  ROOT\\FLEET\\0000  #2 {EVENT}  0200000000000000$")
        status, lines, _ = self.fleet.query("hosts", "--json")
        self.assertEqual([json.loads(line)["host"] for line in lines], ["alpha"])
        status, lines, _ = self.fleet.query("status", "--json")
        self.assertEqual(json.loads(lines[0])["stream"], "PNPN")
        for words in (["hosts", "--json", "--host", "b*"], ["monitor", "--since", "1h", "--host", "b*", "--timeout", "0.5"],
                      ["monitor", "--since", "1h", "--device", "OTHER*", "--timeout", "0.5"]):
            self.assertEqual(self.fleet.query(*words)[1], [])
        self.assertEqual(self.fleet.query("monitor", "--since", "yesterday")[0], 2)
        self.assertEqual(self.fleet.query("moan")[0], 2)

    def test_f6_what_the_manager_has_no_room_for_is_told_some_times(self):
        """The mirror's own descriptors end first; those that are there go on."""
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        publisher = self.alpha.run("--publish")
        mirror = self.beta.run("--mirror", prefix=["prlimit", "--nofile=100:100"])
        first = Reporter(self.fleet, self.alpha.address, ID)
        until("the device", lambda: HERE in self.beta.devices())
        nats = Nats(self.fleet.ports[0])
        self.addCleanup(nats.close)
        for i in range(200):
            nats.publish(f"$KV.pnpn_devices.alpha.ROOT=5CMANY=5C{i}", {}, f"device ROOT\\MANY\\{i}\nsince 1\n".encode())
        mirror.await_said("more of them are not told")
        monitor = self.beta.monitor("--event", EVENT)
        first.do("report 10 64")
        self.expect_all(monitor, 10)
        self.assertEqual([program.end() for program in (publisher, mirror)], [0, 0], mirror.said()[-4000:])
        self.assertEqual(mirror.said().count("can't be mirrored"), 10)

    def test_f1_filters_choose_what_is_published(self):
        self.two("--device", "ROOT\\FLEET*")
        other = Reporter(self.fleet, self.alpha.address, "ROOT\\OTHER\\0000")
        other.do("report 3 8")
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 3 8")
        until("the events", lambda: len(self.fleet.query("monitor", "--since", "1h", "--event", EVENT,
                                                         "--timeout", "1")[1]) == 3)
        self.assertEqual(list(self.beta.devices()), [HERE])

    def test_f1_both_roles_at_once_make_no_circle(self):
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        both = [machine.run("--publish", "--mirror") for machine in (self.alpha, self.beta)]
        Reporter(self.fleet, self.alpha.address, ID)
        Reporter(self.fleet, self.beta.address, ID)
        until("the devices", lambda: HERE in self.beta.devices() and HERE.replace("ALPHA", "BETA") in self.alpha.devices())
        self.assertEqual(len(self.alpha.devices()), 2)
        self.assertEqual([program.end() for program in both], [0, 0])


class Mqtt(Case):
    def setUp(self):
        [self.port] = free_ports(1)
        self.config = f"mqtt {{ listen: \"127.0.0.1:{self.port}\" }}\n"
        super().setUp()

    def packet(self):
        """The next packet: its kind, what it holds."""
        kind, size, shift = self.file.read(1)[0], 0, 0
        while True:
            byte = self.file.read(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return kind >> 4, self.file.read(size)

    def test_f2_a_program_that_knows_mqtt_alone(self):
        self.alpha = Machine(self.fleet, "alpha")
        self.alpha.run("--publish")
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        self.file = connection.makefile("rb")
        self.addCleanup(connection.close)
        self.addCleanup(self.file.close)
        topic = b"pnpn/v1/alpha/#"
        connection.sendall(b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4test")
        self.assertEqual(self.packet(), (2, b"\0\0"))
        connection.sendall(b"\x82" + bytes([len(topic) + 5]) + b"\0\1\0" + bytes([len(topic)]) + topic + b"\0")
        self.assertEqual(self.packet()[0], 9)
        reporter = Reporter(self.fleet, self.alpha.address, ID, CLASS)
        reporter.do("report 1 9")
        while True:
            kind, body = self.packet()
            end = 2 + int.from_bytes(body[:2], "big")
            if kind == 3 and body[2:end].decode().endswith(EVENT):
                break
        self.assertEqual(body[2:end].decode(), f"pnpn/v1/alpha/{CLASS}/ROOT=5CFLEET=5C0000/{EVENT}")
        self.assertEqual(body[end:], b"\1" + 8 * b"\0")


class Tls(Case):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="pnpn-tls-")
        self.addCleanup(holder.cleanup)
        self.keys = pathlib.Path(holder.name)
        for authority in ("ca", "other"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                         "-subj", f"/CN={authority}", "-keyout", self.keys / f"{authority}.key", "-out", self.keys / f"{authority}.crt")
        self.sign("ca", "server")
        self.sign("ca", "alpha")
        self.sign("other", "stranger")
        self.config = f'tls {{ cert_file: "{self.keys}/server.crt", key_file: "{self.keys}/server.key", '
        self.config += f'ca_file: "{self.keys}/ca.crt", verify: true }}\n'
        super().setUp()

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def sign(self, authority, name):
        key, request, certificate = (self.keys / f"{name}.{end}" for end in ("key", "csr", "crt"))
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                     "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.keys / f"{authority}.crt", "-CAkey",
                     self.keys / f"{authority}.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy",
                     "-out", certificate)

    def servers(self, authority, name):
        return ["--server", f"tls://localhost:{self.fleet.ports[0]}", "--tls-ca", str(self.keys / f"{authority}.crt"),
                "--tls-cert", str(self.keys / f"{name}.crt"), "--tls-key", str(self.keys / f"{name}.key")]

    def test_f6_who_has_no_certificate_is_nobody(self):
        alpha = Machine(self.fleet, "alpha")
        alpha.run("--publish", servers=self.servers("ca", "alpha"))
        until("the host", lambda: self.fleet.query("hosts", "--json", servers=self.servers("ca", "alpha"))[1])
        for servers in (self.servers("other", "alpha"), self.servers("ca", "stranger"), self.fleet.servers()):
            status, lines, said = self.fleet.query("hosts", "--json", servers=servers)
            self.assertEqual((status, lines), (1, []), said)
            self.assertIn("no server", said)


@unittest.skipUnless(os.getuid() == 0, "wants root: a network namespace")
class Cut(Case):
    config = "host: \"0.0.0.0\"\n"
    SPACE, NET = f"pnpn{os.getpid()}", f"10.{77 + os.getpid() % 100}.{os.getpid() // 100 % 250}"

    def ip(self, *words, check=True):
        subprocess.run(["ip", *words], check=check, stderr=None if check else subprocess.DEVNULL)

    def setUp(self):
        self.ip("netns", "add", self.SPACE)
        self.addCleanup(self.ip, "netns", "del", self.SPACE)
        self.ip("link", "add", f"v{self.SPACE}", "type", "veth", "peer", "name", "far", "netns", self.SPACE)
        self.addCleanup(self.ip, "link", "del", f"v{self.SPACE}", check=False)
        self.ip("addr", "add", f"{self.NET}.1/24", "dev", f"v{self.SPACE}")
        self.ip("link", "set", f"v{self.SPACE}", "up")
        for words in (["addr", "add", f"{self.NET}.2/24", "dev", "far"], ["link", "set", "far", "up"]):
            self.ip("-n", self.SPACE, *words)
        super().setUp()

    def test_f3_f5_the_link_is_cut_for_20_seconds(self):
        """Longer than the limit: the machine goes and comes back, and nothing of it is lost."""
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        self.mirror = self.beta.run("--mirror", "--limit", "8")
        self.publisher = self.alpha.run(
            "--publish", "--limit", "8", prefix=["ip", "netns", "exec", self.SPACE],
            servers=["--server", f"nats://{self.NET}.1:{self.fleet.ports[0]}"])
        monitor = self.beta.monitor()
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 100 64")
        self.await_event(monitor, 100)
        self.ip("link", "set", f"v{self.SPACE}", "down")
        end = time.monotonic() + 20
        while time.monotonic() < end:
            reporter.do("report 10 64")
            time.sleep(0.5)
        self.assertNotIn(HERE, self.beta.devices())
        self.ip("link", "set", f"v{self.SPACE}", "up")
        reporter.do("report 1 64")
        last = 101 + 10 * sum(1 for line in reporter.lines() if line == "done") - 30
        self.await_event(monitor, last)
        self.expect_all(monitor, last)
        kinds = [line["kind"] for line in map(json.loads, monitor.lines()) if line["kind"] != "event"]
        self.assertEqual(kinds, ["device-arrived", "device-removed", "device-arrived"])


@unittest.skipUnless(os.getuid() == 0, "wants root: a loop disk")
class Disk(Case):
    def test_f4_l2_a_label_of_another_machine_s_disk(self):
        # Tests of Linux's devices take turns on a machine (tests/contract/linux-fixture.c).
        turn = os.open("/dev", os.O_RDONLY)
        self.addCleanup(os.close, turn)
        fcntl.flock(turn, fcntl.LOCK_EX)
        image = self.fleet.folder / "disk"
        with open(image, "wb") as file:
            file.truncate(16 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-L", "before", str(image)], check=True)
        self.beta = Machine(self.fleet, "beta")
        self.alpha = Machine(self.fleet, "alpha", linux=True)
        self.beta.run("--mirror")
        self.alpha.run("--publish")
        disk = subprocess.run(["losetup", "--find", "--show", str(image)], check=True, capture_output=True, text=True).stdout.strip()
        self.addCleanup(subprocess.run, ["losetup", "-d", disk], check=False)
        name = f"\\\\.\\alpha.{disk.removeprefix('/dev/')}"
        app = None
        until("the volume", lambda: any(name in device["links"] and "53f5630d-b6bf-11d0-94f2-00a0c91efb8b" in
                                        [one["class"] for one in device["interfaces"]]
                                        for device in self.beta.devices().values()))
        app = self.beta.start("label", PATHS["label"], name, env={"PNPNOTIFY_ADDRESS": self.beta.address})
        until("the application", lambda: "watching" in app.out.read_text())
        subprocess.run(["e2label", disk, "after"], check=True)
        until("the label", lambda: "GUID_IO_VOLUME_CHANGE: after" in app.out.read_text())


ACCOUNTS = """
accounts {
  FLEET { jetstream: enabled, users: [
    { user: admin, password: a }
    { user: alpha, password: b, permissions: {
        publish: ["pnpn.v1.alpha.>", "$KV.pnpn_hosts.alpha", "$KV.pnpn_devices.alpha.>", "$JS.API.STREAM.INFO.*",
                  "$JS.API.CONSUMER.>", "$JS.FC.>"], subscribe: ["_INBOX.>"] } }
    { user: mirror, password: d, permissions: {
        publish: ["$JS.API.STREAM.INFO.*", "$JS.API.CONSUMER.>", "$JS.FC.>"], subscribe: ["_INBOX.>"] } }
    { user: mallory, password: c, permissions: {
        publish: ["pnpn.v1.mallory.>", "$KV.pnpn_hosts.mallory", "$KV.pnpn_devices.mallory.>"],
        subscribe: ["_INBOX.>"] } }
  ] }
}
"""


class Hostile(Case):
    config = ACCOUNTS

    def login(self, user, password):
        path = self.fleet.folder / f"login-{user}"
        path.write_text(f"{user}\n{password}\n", encoding="utf-8")
        path.chmod(0o600)
        return [*self.fleet.servers(), "--login", str(path)]

    def setUp(self):
        super().setUp()
        self.alpha, self.beta = Machine(self.fleet, "alpha"), Machine(self.fleet, "beta")
        # Stream and buckets are the administrator's to make, as examples/fleet has it.
        self.beta.run("--mirror", servers=self.login("admin", "a")).end()
        self.mirror = self.beta.run("--mirror", "--host-devices", "3", servers=self.login("mirror", "d"))
        self.publisher = self.alpha.run("--publish", servers=self.login("alpha", "b"))
        self.reporter = Reporter(self.fleet, self.alpha.address, ID)
        until("the device", lambda: HERE in self.beta.devices())
        self.mallory = Nats(self.fleet.ports[0], user="mallory", **{"pass": "c"})
        self.addCleanup(self.mallory.close)

    @staticmethod
    def message(host, device, sequence=1, **more):
        token = re.sub(r"[^\w-]", lambda match: f"={ord(match[0]):02X}", device)
        subject = f"pnpn.v1.{host}.-.{token}.{EVENT}"
        headers = {"Pnpn-Kind": "event", "Pnpn-Host": host, "Pnpn-Device": device.replace("=", "=3D"),
                   "Pnpn-Since": "1", "Pnpn-Guid": EVENT,
                   "Pnpn-Sequence": sequence, "Pnpn-Time": "1", "Pnpn-Name-Offset": "-1"}
        return subject, {**headers, **{key.replace("_", "-"): value for key, value in more.items()}}

    def test_f6_a_host_publishes_under_its_own_name_alone(self):
        subject, headers = self.message("alpha", ID, 77)
        self.mallory.publish(subject, headers)
        self.mallory.publish("$KV.pnpn_hosts.alpha", {"KV-Operation": "DEL"})
        self.mallory.publish("$KV.pnpn_devices.alpha.ROOT=5CFLEET=5C0000", {"KV-Operation": "DEL"})
        errors = self.mallory.flush()
        self.assertEqual(sum("Permissions Violation" in error for error in errors), 3, errors)
        self.expect_alpha_lives()

    def expect_alpha_lives(self):
        monitor = self.beta.monitor("--event", EVENT, "--count", "1")
        self.reporter.do("report 1 8")
        self.assertEqual(monitor.process.wait(60), 0)
        self.assertIn(HERE, self.beta.devices())

    def test_f6_lies_are_ignored(self):
        subject, headers = self.message("mallory", "ROOT\\MINE\\0000")
        monitor = self.beta.monitor()
        for lie in ({"Pnpn-Host": "alpha"}, {"Pnpn-Device": ID}, {"Pnpn-Guid": "x"}, {"Pnpn-Sequence": "0"},
                    {"Pnpn-Sequence": "-3"}, {"Pnpn-Kind": "device-removed"}, {"Pnpn-Name-Offset": "7"},
                    {"Pnpn-Guid": "cb3a400e-46f0-11d0-b08f-00609713053f"}, {"Pnpn-Device": "../../etc"}):
            self.mallory.publish(subject, {**headers, **lie})
        self.mallory.publish(subject, {})
        self.mallory.publish(subject, headers, b"x" * 65500)
        self.mallory.publish("$KV.pnpn_devices.mallory.ROOT=5CMINE=5C0000", {}, b"device X\nlink \\\\.\\sda\n")
        self.mallory.publish("$KV.pnpn_devices.mallory.a.b.c", {}, b"\0\xff" * 99)
        self.mallory.publish("pnpn.v1.mallory.x", headers)
        # The only true one: what was before it has been looked at when it is here.
        self.mallory.publish(subject, headers, b"true")
        self.assertEqual(self.mallory.flush(), [])
        until("the truth", lambda: '"74727565"' in monitor.text())
        devices = {json.loads(line)["device"] for line in monitor.lines()}
        # Whatever its clock says.
        self.assertEqual(json.loads(monitor.lines()[-1])["time_ns"], "1")
        self.assertEqual(devices, {"FLEET\\MALLORY\\ROOT=5CMINE=5C0000"})
        self.expect_alpha_lives()

    def test_f6_no_local_device_is_anybody_s(self):
        for device in ("LINUX\\BLOCK\\SDA", "KERNEL\\A\\B", "FLEET\\ALPHA\\ROOT=5CFLEET=5C0000"):
            self.mallory.publish(*self.message("mallory", device))
        until("them", lambda: len(self.beta.devices()) == 4)
        for device in self.beta.devices():
            self.assertTrue(device == HERE or device.startswith("FLEET\\MALLORY\\"), device)

    def test_f6_d10_a_host_has_its_share_and_no_more(self):
        for i in range(50):
            self.mallory.publish(*self.message("mallory", f"ROOT\\MANY\\{i:04}"))
        self.mirror.await_said("mallory has more than 3 devices")
        self.expect_alpha_lives()
        self.assertEqual(sum(device.startswith("FLEET\\MALLORY") for device in self.beta.devices()), 3)

    def test_f6_secrets_are_nowhere_to_be_seen(self):
        program = self.alpha.run("--publish", wait=False, servers=["--server", "nats://user:secret@127.0.0.1:1"])
        self.assertEqual(program.process.wait(60), 2)
        self.assertNotIn("secret", program.said())
        for line in (pathlib.Path(f"/proc/{self.publisher.process.pid}/cmdline").read_bytes().split(b"\0"),
                     self.publisher.said().encode().split()):
            self.assertNotIn(b"b", line)


class Cluster(Case):
    size = 3

    def test_f3_f5_a_server_is_killed_in_mid_burst(self):
        self.two()
        monitor = self.beta.monitor("--event", EVENT)
        reporter = Reporter(self.fleet, self.alpha.address, ID)
        reporter.do("report 100 64")
        self.await_event(monitor, 100)
        leader = json.loads(self.fleet.query("status", "--json")[1][0])["leader"]
        reporter.begin("report 20000 64")
        self.await_event(monitor, 1000)
        number = int(leader[1:])
        self.fleet.nats[number].end(signal.SIGKILL)
        reporter.finish()
        for _ in range(50):
            reporter.do("report 1 64")
            time.sleep(0.1)
        self.fleet.nats[number] = self.fleet.start_server(number)
        self.expect_all(monitor, 20150)
        self.expect_stream(reporter, 20150)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[8:]], verbosity=2)
