#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The fleet against bare NATS, as ratios of rounds in turn; many hosts at a cluster of three.

usage: fleet.py PNPNOTIFY PNPNOTIFYD PNPNOTIFY-FLEET FLEET-BARE [speed | many]
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/fleet"))
from fleet import EVENT, Fleet, Machine, Nats, until  # noqa: E402

PATHS = dict(zip(("pnpnotify", "pnpnotifyd", "fleet", "bare"), sys.argv[1:5]))
SIZE, HOSTS, DEVICES, MIRRORED = 64, 10000, 10, 100
LATENCY_ROUNDS, LATENCY_EVENTS = 40, 25
BURST_ROUNDS, BURST_EVENTS = 15, 20000


class Way:
    """fleet-bare, a round at a time."""

    def __init__(self, *words):
        self.process = subprocess.Popen([PATHS["bare"], *words, str(SIZE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self, events):
        """The median of its times, in ns."""
        self.process.stdin.write(f"{events}\n")
        self.process.stdin.flush()
        return statistics.median(map(int, self.process.stdout.readline().split()))

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def in_turn(ways, rounds, events):
    """Each way's median over the rounds, and the median of what the fleet took in a round over what it took."""
    for way in ways.values():
        way.round(events // 10)
    times = [{name: way.round(events) for name, way in ways.items()} for _ in range(rounds)]
    for way in ways.values():
        way.close()
    return {name: (statistics.median(time[name] for time in times), statistics.median(time["fleet"] / time[name] for time in times))
            for name in ways}


def speed():
    fleet = Fleet(PATHS)
    try:
        alpha, beta = Machine(fleet, "alpha"), Machine(fleet, "beta")
        url = f"nats://127.0.0.1:{fleet.ports[0]}"
        mirror = beta.run("--mirror")
        alpha.run("--publish")
        medians = in_turn({"fleet": Way("fleet-latency", alpha.address, beta.address), "bare NATS": Way("latency", url),
                           "bare NATS, written at once": Way("latency-at-once", url),
                           "bare JetStream, written at once": Way("latency-stored", url)}, LATENCY_ROUNDS, LATENCY_EVENTS)
        for name, (took, ratio) in medians.items():
            print(f"latency, median: {name}: {took / 1e3:.0f} us, fleet / it: {ratio:.2f}")
        mirror.end()
        medians = in_turn({"fleet": Way("fleet-throughput", alpha.address, url), "bare JetStream, data alone": Way("throughput", url),
                           "bare JetStream, messages like the fleet's": Way("throughput-alike", url)}, BURST_ROUNDS, BURST_EVENTS)
        for name, (took, ratio) in medians.items():
            print(f"throughput: {name}: {BURST_EVENTS * 1e9 / took:.0f} a second, fleet / it: {1 / ratio:.2f}")
    finally:
        fleet.close()


class Hosts:
    """Many hosts, over one connection, as their publishers would be seen."""

    def __init__(self, fleet):
        self.nats = Nats(fleet.ports[0])
        self.sent = 0

    def put(self, *message):
        self.nats.publish(*message)
        self.sent += 1
        if self.sent % 500 == 0:
            self.nats.flush()

    def be_there(self):
        for host in range(HOSTS):
            self.put(f"$KV.pnpn_hosts.host{host}", {}, b"begun 1\nlimit 3600\naccepted 1\n")

    def have_devices(self):
        for host in range(HOSTS):
            for device in range(DEVICES):
                self.put(f"$KV.pnpn_devices.host{host}.ROOT=5CD=5C{device}", {}, f"device ROOT\\D\\{device}\nsince 1\n".encode())

    def burst(self):
        """An event of each device of each host."""
        now = time.time_ns()
        for host in range(HOSTS):
            for device in range(DEVICES):
                self.put(f"pnpn.v1.host{host}.-.ROOT=5CD=5C{device}.{EVENT}", {
                    "Nats-Msg-Id": f"host{host}/{device}/1/{now}", "Pnpn-Kind": "event", "Pnpn-Host": f"host{host}",
                    "Pnpn-Device": f"ROOT\\D\\{device}", "Pnpn-Since": 1, "Pnpn-Guid": EVENT, "Pnpn-Sequence": 1,
                    "Pnpn-Time": now, "Pnpn-Name-Offset": -1}, b"12345678")
        self.nats.flush()


def resident(program):
    """KiB."""
    text = pathlib.Path(f"/proc/{program.process.pid}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0])


def ask_hosts(fleet):
    """How long the question takes."""
    begin = time.monotonic()
    lines = fleet.query("hosts", "--json")[1]
    assert len(lines) == HOSTS, len(lines)
    return time.monotonic() - begin


def last(fleet, stream):
    return json.loads(fleet.query("status", "--json")[1][stream])["last"]


def at_rest(fleet, hosts, before):
    hosts.be_there()
    hosts.have_devices()
    until("their keys", lambda: last(fleet, 1) >= HOSTS and last(fleet, 2) >= HOSTS * DEVICES, 600)
    print(f"at rest: {HOSTS} hosts with {DEVICES} devices each: fleet hosts in "
          f"{statistics.median(ask_hosts(fleet) for _ in range(5)):.2f} s, "
          f"{statistics.mean((resident(server) - memory) / HOSTS for server, memory in zip(fleet.nats, before)):.1f} KiB of a "
          "server's memory for each host")


def follow_burst(fleet, beta, hosts):
    """Everything at a monitor of the stream; of some hosts at a mirror, too, whose devices are all there."""
    stream = fleet.start("monitor", PATHS["pnpnotify"], "fleet", "monitor", "--json", *fleet.servers())
    stream.await_said("watching")
    registrant = beta.monitor("--event", EVENT)
    begin = time.monotonic()
    hosts.burst()
    until("all events", lambda: stream.out.read_bytes().count(b"\n") >= HOSTS * DEVICES, 600)
    took = time.monotonic() - begin
    until("the mirror's", lambda: len(registrant.lines()) >= MIRRORED * DEVICES, 600)
    print(f"burst: {len(stream.lines())} events at a monitor in {took:.1f} s, {len(set(stream.lines()))} different ones; "
          f"of {MIRRORED} hosts {len(registrant.lines())} at a registrant of a mirror's manager, {len(set(registrant.lines()))} "
          "different ones")


def many():
    fleet = Fleet(PATHS, 3)
    try:
        # It makes the stream and the buckets, and is no host itself from then on.
        Machine(fleet, "alpha").run("--publish", "--limit", "3600").end()
        before = [resident(server) for server in fleet.nats]
        hosts = Hosts(fleet)
        at_rest(fleet, hosts, before)
        beta = Machine(fleet, "beta")
        empty = beta.run("--mirror", "--limit", "3600", "--host", "nobody")
        without = resident(empty), resident(beta.manager)
        empty.end()
        mirror = beta.run("--mirror", "--limit", "3600", "--host", "host?", "--host", "host??")
        until("their devices", lambda: len(beta.devices()) == MIRRORED * DEVICES, 600)
        print(f"a mirror of {MIRRORED} hosts with {DEVICES} devices each: {(resident(mirror) - without[0]) / MIRRORED:.1f} KiB of "
              f"its memory for each, {(resident(beta.manager) - without[1]) / MIRRORED:.1f} KiB of its manager's")
        follow_burst(fleet, beta, hosts)
        print(f"behind it: fleet hosts in {statistics.median(ask_hosts(fleet) for _ in range(5)):.2f} s")
    finally:
        fleet.close()


for what in sys.argv[5:] or ("speed", "many"):
    {"speed": speed, "many": many}[what]()
