#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pnpnotify record and replay, against a real pnpnotifyd on a private socket.

usage: test_recording.py PNPNOTIFY PNPNOTIFYD HELLO_DRIVER LIBPNPNOTIFY
"""
import json
import pathlib
import signal
import subprocess
import sys
import unittest

from tool import PATIENCE, TOOL, Case, Manager

DEVICE = r"ROOT\HELLO\0000"
HEADER = {"kind": "recording", "version": 1}


class Recording(Case):
    def setUp(self):
        super().setUp()
        self.file = pathlib.Path(self.folder.name, "recording")

    def record(self, *arguments):
        return self.start("record", str(self.file), *arguments, ready="watching")

    def lines(self):
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def write(self, *entries):
        self.file.write_text("".join(json.dumps(entry) + "\n" if isinstance(entry, dict) else entry for entry in entries),
                             encoding="utf-8")

    def replay(self, *arguments):
        """What a registrant for everything gets of it, without the times."""
        monitor = self.start("monitor", "--json", ready="watching")
        self.run_tool("replay", "--fast", *arguments, str(self.file))
        got = []
        for line in monitor.stdout:
            got.append(json.loads(line))
            got[-1].pop("time_ns")
            if got[-1]["kind"] == "device-removed":
                return got
        return self.fail("monitor ended")


class Record(Recording):
    def test_a_device_that_is_there(self):
        self.start_host()
        record = self.record("--event", "label", "--count", "2")
        for text in ("one", "zwei ü\n"):
            self.run_tool("report", DEVICE, "label", "--text", text)
        self.assertEqual(record.wait(PATIENCE), 0)
        header, device, *facts, first, second = self.lines()
        self.assertEqual({key: header[key] for key in HEADER}, HEADER)
        self.assertEqual(device, {"kind": "device", "device": DEVICE})
        self.assertIn("c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84", [fact.get("guid") for fact in facts])
        self.assertEqual((first["text"], second["text"]), ("one", "zwei ü\n"))

    def test_it_is_added_to_a_recording_and_to_nothing_else(self):
        for _ in range(2):
            self.run_tool("record", "--timeout", "0", str(self.file))
        self.assertEqual([line["kind"] for line in self.lines()], ["recording", "recording"])
        self.file.write_text("something of worth\n", encoding="utf-8")
        self.assertIn("no recording", self.run_tool("record", str(self.file), status=1).stderr)
        self.assertEqual(self.file.read_text(encoding="utf-8"), "something of worth\n")
        self.assertIn("which file", self.run_tool("record", status=2).stderr)
        self.run_tool("record", self.folder.name, status=1)

    def test_what_cannot_be_written_ends_it(self):
        self.assertIn("written", self.run_tool("record", "/dev/full", status=1).stderr)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([TOOL, "record", "-"], env=self.env, stdout=full, stderr=subprocess.PIPE, text=True,
                                  timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("written", done.stderr)

    def test_a_gap_is_recorded(self):
        record = self.record()
        self.manager.end(signal.SIGKILL)
        self.assertIn("gone", record.stderr.readline())
        self.manager = Manager(self.folder.name, "--no-linux")
        self.assertIn("back", record.stderr.readline())
        record.send_signal(signal.SIGINT)
        record.wait(PATIENCE)
        self.assertEqual([line["kind"] for line in self.lines()][:2], ["recording", "manager-gone"])


class Replay(Recording):
    def test_what_was_recorded_happens_again(self):
        record = self.record()
        monitor = self.start("monitor", "--json", ready="watching")
        host = self.start_host()
        self.run_tool("report", DEVICE, "label", "--data", "01", "--text", "grüße")
        host.send_signal(signal.SIGINT)
        before = []
        for line in monitor.stdout:
            before.append(json.loads(line))
            before[-1].pop("time_ns")
            if before[-1]["kind"] == "device-removed":
                break
        # It wrote each line before it took the next event.
        while not any(line["kind"] == "device-removed" for line in self.lines()):
            self.run_tool("wait", "--removed", "--timeout", "0.1", DEVICE)
        record.send_signal(signal.SIGINT)
        record.wait(PATIENCE)
        after = self.replay()
        # Nobody asks it to go: what a removal in order tells besides is not replayed.
        self.assertEqual(after, [event for event in before if event["kind"] not in ("remove-pending", "query-remove")])
        self.assertIn("grüße", [event.get("text") for event in after])

    def test_names_of_the_systems_own(self):
        event = {"kind": "event", "device": r"USB\VID_1&PID_2\A:B", "time_ns": "1", "guid": "0" * 8 + "-1111-2222-3333-444444444444",
                 "data": "0102", "name_offset": -1}
        self.write(HEADER, {"kind": "link", "device": event["device"], "link": r"\\.\sda"}, event)
        self.assertEqual([e["device"] for e in self.replay()], [r"REPLAY\USB.VID_1&PID_2\A_B"] * 3)

    def test_at_the_pace_of_then(self):
        event = {"kind": "event", "device": DEVICE, "guid": "0" * 8 + "-1111-2222-3333-444444444444", "data": ""}
        link = {"kind": "link", "device": DEVICE, "link": "\\\\.\\Recorded"}
        self.write(HEADER, link, dict(event, time_ns="5000000000"), dict(event, time_ns="3000000000"),
                   dict(event, time_ns=str(5 * 10**9 + 3600 * 10**9)))
        replay = self.start("replay", str(self.file), ready="replaying")
        monitor = self.start("monitor", "--wait", "--since", "1h", "--json", DEVICE, "--count", "2", "--event", event["guid"],
                             ready="watching")
        self.assertEqual([json.loads(line)["sequence"] for line in monitor.communicate(timeout=PATIENCE)[0].splitlines()], [1, 2])
        self.assertIsNone(replay.poll())
        # What is replayed can be recorded, its names too.
        self.assertIn(link, [json.loads(line) for line in self.run_tool("record", "-", "--since", "1h", "--count", "1", "\\\\.\\recorded")
                             .stdout.splitlines()])
        # A name that somebody has is not to be had twice.
        self.assertIn("could not be replayed", self.run_tool("replay", "--fast", str(self.file), status=1).stderr)

    def test_what_was_cut_off_is_left_out(self):
        event = {"kind": "event", "device": DEVICE, "guid": "0" * 8 + "-1111-2222-3333-444444444444", "data": "ff"}
        text = "".join(json.dumps(line) + "\n" for line in (HEADER, event, event))
        for end in range(len(json.dumps(HEADER)) + 1, len(text)):
            self.file.write_text(text[:end], encoding="utf-8")
            cut = end > len(json.dumps(HEADER)) + 1 and text[end - 1] != "\n" and text[end] != "\n"
            if end % 20:
                continue
            said = self.run_tool("replay", "--fast", str(self.file)).stderr
            self.assertEqual("cut off" in said, cut, text[:end])
        # Another recording follows it.
        self.file.write_text(text[:-10], encoding="utf-8")
        self.run_tool("record", "--timeout", "0", str(self.file))
        self.assertIn("cut off", self.run_tool("replay", "--fast", str(self.file)).stderr)

    def test_what_is_none_is_refused_before_anything_happens(self):
        event = {"kind": "event", "device": DEVICE, "time_ns": "1", "guid": "0" * 8 + "-1111-2222-3333-444444444444", "data": "00"}
        monitor = self.start("monitor", "--json", ready="watching")
        for wrong in ({"data": "0"}, {"data": "0g"}, {"data": "00" * 65500}, {"data": None}, {"guid": "x"}, {"device": "x"},
                      {"device": None}, {"name_offset": 1}, {"name_offset": 2}, {"name_offset": -2}, {"time_ns": "-1"},
                      {"time_ns": "99999999999999999999"}, {"lost": "x"}, {"kind": None}, {"data": ["00"]}):
            bad = {key: value for key, value in {**event, **wrong}.items() if value is not None}
            self.write(HEADER, event, bad, event)
            self.assertIn("line 3 is no line", self.run_tool("replay", str(self.file), status=1).stderr, wrong)
        for bad in ("", "\n", "{}\n", "x" * 600000, '{"kind":"recording","version":2}\n', "\0" * 100,
                    json.dumps(event) + "\n" + json.dumps(HEADER) + "\n"):
            self.write(bad)
            self.assertIn("no line of a recording", self.run_tool("replay", str(self.file), status=1).stderr, bad[:40])
        for bad in ('{"kind":"event","kind":"event"}', '{"kind":"x"', '{"kind":"x"}}', '{"kind":"\\ud800"}', '{"kind":"\\u0000"}',
                    '{"kind":1.5}', '{"kind":true}', '{"kind":"a\tb"}', "{" + ",".join(f'"{n}":{n}' for n in range(33)) + "}"):
            self.write(HEADER, bad + "\n", event)
            self.assertIn("line 2 is no line", self.run_tool("replay", str(self.file), status=1).stderr, bad[:40])
        self.run_tool("replay", "/nonexistent", status=1)
        self.run_tool("replay", status=2)
        # Nothing was told of by now: what comes next is what comes first.
        self.write(HEADER, event)
        self.run_tool("replay", "--fast", str(self.file))
        self.assertEqual([json.loads(monitor.stdout.readline())["kind"] for _ in range(3)],
                         ["device-arrived", "event", "device-removed"])

    def test_what_a_later_version_adds_is_skipped(self):
        event = {"kind": "event", "device": DEVICE, "guid": "0" * 8 + "-1111-2222-3333-444444444444", "data": "", "mood": "\ud83d\ude00"}
        self.write(HEADER, {"kind": "weather", "sun": 1}, event)
        self.assertEqual([e["kind"] for e in self.replay()], ["device-arrived", "event", "device-removed"])

    def test_from_a_pipe(self):
        event = {"kind": "event", "device": DEVICE, "guid": "0" * 8 + "-1111-2222-3333-444444444444", "data": ""}
        text = json.dumps(HEADER) + "\n" + json.dumps(event) + "\n"
        done = subprocess.run([TOOL, "replay", "-"], env=self.env, input=text, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 events were replayed", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
