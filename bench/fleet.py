#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The fleet against bare NATS, as ratios in one run; many hosts.

usage: fleet.py PNPNOTIFY PNPNOTIFYD PNPNOTIFY-FLEET REPORTER FLEET-BARE
"""
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/fleet"))
from fleet import Fleet, Machine, Nats, Reporter, until  # noqa: E402

PATHS = dict(zip(("pnpnotify", "pnpnotifyd", "fleet", "reporter", "bare"), sys.argv[1:6]))
ID, SIZE, EVENTS, HOSTS = "ROOT\\BENCH\\0000", 64, 100000, 10000


def bare(fleet, *words):
    return float(subprocess.run([PATHS["bare"], words[0], f"nats://127.0.0.1:{fleet.ports[0]}", *words[1:]], check=True,
                                capture_output=True, text=True).stdout)


def last(fleet):
    return json.loads(fleet.query("status", "--json")[1][0])["last"]


def burst(nats):
    """One event of each of ten devices of each host, as its publisher would send it."""
    event, now = "7d1f3a90-52c4-4b1e-0102-030405060708", time.time_ns()
    for i in range(HOSTS):
        for device in range(10):
            nats.publish(f"pnpn.v1.host{i}.-.ROOT=5CD=5C{device}.{event}", {
                "Nats-Msg-Id": f"host{i}/{device}/1/{now}", "Pnpn-Kind": "event", "Pnpn-Host": f"host{i}",
                "Pnpn-Device": f"ROOT\\D\\{device}", "Pnpn-Since": 1, "Pnpn-Guid": event, "Pnpn-Sequence": 1,
                "Pnpn-Time": now, "Pnpn-Name-Offset": -1}, b"12345678")
        if i % 50 == 0:
            nats.flush()


def many():
    """Ten thousand hosts at a cluster of three."""
    fleet = Fleet(PATHS, 3)
    try:
        Machine(fleet, "gamma").run("--publish", "--limit", "600")
        nats = Nats(fleet.ports[0])
        memory = resident(fleet.nats[0])
        for i in range(HOSTS):
            nats.publish(f"$KV.pnpn_hosts.host{i}", {}, b"begun 1\nlimit 600\naccepted 1\n")
            if i % 50 == 0:
                nats.flush()
        until("all hosts", lambda: len(fleet.query("hosts", "--json")[1]) == HOSTS + 1)
        begin = time.monotonic()
        fleet.query("hosts", "--json")
        print(f"fleet hosts: {HOSTS} hosts in {time.monotonic() - begin:.2f} s, "
              f"{(resident(fleet.nats[0]) - memory) / HOSTS:.1f} KiB of a server's memory each")
        monitor = fleet.start("monitor", PATHS["pnpnotify"], "fleet", "monitor", "--json", *fleet.servers())
        monitor.await_said("watching")
        begin = time.monotonic()
        burst(nats)
        until("all events", lambda: monitor.out.read_bytes().count(b"\n") >= 10 * HOSTS)
        print(f"burst: {10 * HOSTS} events in {time.monotonic() - begin:.1f} s, "
              f"{len(set(monitor.lines()))} of them at a monitor")
        nats.close()
    finally:
        fleet.close()


def resident(program):
    """KiB."""
    text = pathlib.Path(f"/proc/{program.process.pid}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0])


def main():
    fleet = Fleet(PATHS)
    try:
        alpha, beta = Machine(fleet, "alpha"), Machine(fleet, "beta")
        mirror = beta.run("--mirror")
        alpha.run("--publish")
        reporter = Reporter(fleet, alpha.address, ID)
        listener = beta.start("listen", PATHS["bare"], "listen", beta.address, "1000")
        listener.await_said("watching")
        for _ in range(1000):
            reporter.do(f"report 1 {SIZE}")
        until("the median", listener.lines)
        ours = float(listener.lines()[0])
        core, stored = bare(fleet, "latency", "1000", str(SIZE)), bare(fleet, "jetstream-latency", "1000", str(SIZE))
        print(f"latency, median: fleet {ours / 1e3:.0f} us, bare NATS {core / 1e3:.0f} us ({ours / core:.2f}), "
              f"bare JetStream {stored / 1e3:.0f} us ({ours / stored:.2f})")
        mirror.end()
        before, begin = last(fleet), time.monotonic()
        reporter.do(f"report {EVENTS} {SIZE}")
        until("all events", lambda: last(fleet) >= before + EVENTS)
        ours = EVENTS / (time.monotonic() - begin)
        fleet.close()
        fleet = Fleet(PATHS)
        other = bare(fleet, "throughput", str(EVENTS), str(SIZE))
        print(f"throughput: fleet {ours:.0f} a second, bare JetStream {other:.0f} ({ours / other:.2f})")
    finally:
        fleet.close()


main()
many()
