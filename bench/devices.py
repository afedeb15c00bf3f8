#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ten thousand devices: what the manager takes, how long a list does, how fast an event comes.

	bench/devices.py BUILD [--devices N]

Needs root: it makes N network interfaces in a network namespace of its own. Prints ratios to udevadm's in
the same run, and what the manager weighs.
"""
import argparse
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 100
TURNS = 4
TRIGGER = "/sys/class/mem/null/uevent"
UDEVD = "/lib/systemd/systemd-udevd"
MEM_CLASS = "dce28a73-3f22-5a9f-baf0-35429d96dca0"


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def make_devices(count):
    batch = "".join(f"link add n{i}a type veth peer name n{i}b\n" for i in range(count // 2))
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)


def wait_until_all_are_there(tool, count):
    while True:
        before = time.monotonic()
        text = subprocess.run([tool, "list"], capture_output=True, text=True, check=True).stdout
        took = time.monotonic() - before
        if text.count("LINUX\\NET\\N") >= count:
            return took, text.count("\n")
        time.sleep(0.1)


def start(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    return process


def ways(process, words):
    """How long events take to come out of a process, in seconds; words: of a removal and of an arrival."""
    took = []
    for i in range(ROUNDS):
        line = b""
        begun = time.monotonic()
        with open(TRIGGER, "w", encoding="ascii") as file:
            file.write(("remove", "add")[i % 2])
        while words[i % 2] not in line:
            if not select.select([process.stdout], [], [], 30)[0]:
                sys.exit("an event did not come")
            line += os.read(process.stdout.fileno(), 65536)
        took.append(time.monotonic() - begun)
        time.sleep(0.002)
    process.terminate()
    process.wait()
    return took


def race(tool, source):
    """Median ways of an event to udevadm monitor and to pnpnotify monitor, by turns, in seconds."""
    udevadm = ["stdbuf", "-oL", "udevadm", "monitor", source, "--subsystem-match=mem"]
    monitor = [tool, "monitor", "--class", MEM_CLASS]
    theirs, ours = [], []
    for _ in range(TURNS):
        theirs += ways(start(udevadm), (b" remove ", b" add "))
        ours += ways(start(monitor), (b"interface-removed", b"interface-arrived"))
    return statistics.median(theirs), statistics.median(ours)


def wakeups(pid, seconds):
    """System calls of a process that nobody asks for anything."""
    try:
        done = subprocess.run(["timeout", str(seconds), "strace", "-f", "-qq", "-p", str(pid)],
                              capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    lines = [line for line in done.stderr.splitlines() if "(" in line and "strace:" not in line]
    # Attaching ends the call that it sleeps in, which it then makes again.
    return sum(1 for line in lines if not line.startswith(("epoll_wait", "restart_syscall", "gettid")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--devices", type=int, default=10000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench/devices.py: needs root, to make network interfaces")
    if not options.inside:
        os.execvp("unshare", ["unshare", "-nm", sys.executable, __file__, "--inside", os.path.abspath(options.build),
                              "--devices", str(options.devices)])
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)
    folder = tempfile.mkdtemp()
    os.environ["PNPNOTIFY_ADDRESS"] = f"unix:path={folder}/manager"
    tool = options.build + "/src/tool/pnpnotify"
    manager = subprocess.Popen([options.build + "/src/manager/pnpnotifyd", "--address",
                                os.environ["PNPNOTIFY_ADDRESS"]])
    while not os.path.exists(folder + "/manager"):
        time.sleep(0.05)
    udevd = None
    try:
        make_devices(options.devices)
        took, lines = wait_until_all_are_there(tool, options.devices)
        print(f"{lines} devices: list takes {took:.2f} s, the manager {resident_kb(manager.pid) / 1024:.1f} MiB")
        for source, where in (("--kernel", "without udev"), ("--udev", "where udev runs")):
            if source == "--udev":
                udevd = subprocess.Popen([UDEVD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                subprocess.run(["udevadm", "settle"], check=True)
                time.sleep(2)
            theirs, ours = race(tool, source)
            print(f"an event's way to pnpnotify monitor / to udevadm monitor, {where}: {ours / theirs:.2f}")
        calls = wakeups(manager.pid, 30)
        print("wake-ups of the manager in 30 s at rest: " + ("(no strace here)" if calls is None else str(calls)))
    finally:
        if udevd:
            udevd.terminate()
            udevd.wait()
            if os.path.exists("/run/udev/control"):
                os.remove("/run/udev/control")
        manager.terminate()
        manager.wait()
        shutil.rmtree(folder)


main()
