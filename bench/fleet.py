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
from fleet import Fleet, Machine, Reporter, until  # noqa: E402
from test_fleet import Nats  # noqa: E402

PATHS = dict(zip(("pnpnotify", "pnpnotifyd", "fleet", "reporter", "bare"), sys.argv[1:6]))
ID, SIZE, EVENTS, HOSTS = "ROOT\\BENCH\\0000", 64, 100000, 10000


def bare(fleet, *words):
    return float(subprocess.run([PATHS["bare"], words[0], f"nats://127.0.0.1:{fleet.ports[0]}", *words[1:]], check=True,
                                capture_output=True, text=True).stdout)


def last(fleet):
    return json.loads(fleet.query("status", "--json")[1][0])["last"]


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
        Machine(fleet, "gamma").run("--publish", "--limit", "600")
        nats = Nats(fleet.ports[0])
        for i in range(HOSTS):
            nats.publish(f"$KV.pnpn_hosts.host{i}", {}, b"begun 1\nlimit 600\naccepted 1\n")
        nats.flush()
        begin = time.monotonic()
        lines = fleet.query("hosts", "--json")[1]
        print(f"fleet hosts: {len(lines)} hosts in {time.monotonic() - begin:.2f} s")
        nats.close()
    finally:
        fleet.close()


main()
