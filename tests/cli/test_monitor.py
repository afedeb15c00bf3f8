#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pnpnotify monitor and wait, against a real pnpnotifyd on a private socket.

usage: test_monitor.py PNPNOTIFY PNPNOTIFYD HELLO_DRIVER LIBPNPNOTIFY
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from tool import DIES_WITH_US, PATIENCE, TOOL, Case, Manager, await_rest

class Wait(Case):
    def begin(self, *arguments):
        """A command that waits; its manager has told it that what it waits for is not so."""
        process = subprocess.Popen([*DIES_WITH_US, TOOL, "wait", *arguments], env=self.env, text=True, stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stderr.close()))
        await_rest(process)
        self.assertIsNone(process.poll())
        return process

    def test_until_it_is_there_and_until_it_is_gone(self):
        there = self.begin(r"ROOT\HELLO\0000")
        host = self.start_host()
        self.assertEqual(there.wait(PATIENCE), 0)
        self.run_tool("wait", r"ROOT\HELLO\0000", r"root\hello\0000")
        gone = self.begin("--removed", r"ROOT\HELLO\0000")
        host.send_signal(signal.SIGINT)
        self.assertEqual(gone.wait(PATIENCE), 0)
        self.run_tool("wait", "--removed", r"ROOT\HELLO\0000")

    def test_the_time_is_over(self):
        self.assertIn("not there", self.run_tool("wait", "--timeout", "0.1", r"\\.\Nothing", status=1).stderr)
        self.start_host()
        self.assertIn("still there",
                      self.run_tool("wait", "--removed", "--timeout", "0", r"ROOT\HELLO\0000", status=1).stderr)

    def test_the_manager_comes_later(self):
        self.manager.end()
        there = self.begin(r"ROOT\HELLO\0000")
        self.manager = Manager(self.folder.name, "--no-linux")
        self.start_host()
        self.assertEqual(there.wait(PATIENCE), 0)

    def test_wrong_words(self):
        self.assertIn("which device", self.run_tool("wait", status=2).stderr)
        self.assertIn("seconds", self.run_tool("wait", "--timeout", "-1", "x", status=2).stderr)


class Monitor(Case):
    def test_a_line_for_each_event_in_a_pipe(self):
        monitor = self.start("monitor", "--class", "c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84", ready="watching")
        host = self.start_host()
        self.assertIn("interface-arrived", monitor.stdout.readline())
        for count in range(1, 6):
            line = monitor.stdout.readline()
            self.assertIn(f"#{count} ", line)
            self.assertIn('"Hello!"', line)
        host.send_signal(signal.SIGINT)
        self.assertIn("interface-removed", monitor.stdout.readline())

    def test_json_and_count(self):
        monitor = self.start("monitor", "--json", "--count", "3", ready="watching")
        self.start_host()
        events = [json.loads(line) for line in monitor.stdout]
        self.assertEqual(monitor.wait(PATIENCE), 0)
        self.assertEqual([e["kind"] for e in events], ["device-arrived", "interface-arrived", "event"])
        self.assertEqual(events[2]["text"], "Hello!")
        self.assertEqual(events[2]["sequence"], 1)
        self.assertEqual(events[2]["data"][:8], "01000000")

    @unittest.skipUnless(os.getuid() == 0, "on a device of Linux root reports")
    def test_by_property(self):
        self.manager.end()
        self.manager = Manager(self.folder.name)
        monitor = self.start("monitor", "--property", "node=/dev/null", "--property", "node=/dev/full", "--event", "label",
                             "--json", "--count", "2", ready="watching")
        for name in ("ZERO", "NULL", "FULL"):
            self.run_tool("report", rf"LINUX\MEM\{name}", "label")
        events = [json.loads(line) for line in monitor.stdout]
        self.assertEqual([event["device"] for event in events], [r"LINUX\MEM\NULL", r"LINUX\MEM\FULL"])
        for wrong in (["--property", "ID_BUS"], ["--property", "=x"], ["--property", "A=B", r"ROOT\HELLO\0000"]):
            self.assertIn("--property", self.run_tool("monitor", *wrong, status=2).stderr)

    def test_it_ends_with_its_devices(self):
        host = self.start_host()
        two = self.start("monitor", r"ROOT\HELLO\0000", r"root\hello\0000", ready="watching")
        counted = self.start("monitor", "--count", "1000000", r"ROOT\HELLO\0000", ready="watching")
        host.send_signal(signal.SIGINT)
        self.assertIn("removed", two.communicate(timeout=PATIENCE)[0].splitlines()[-1])
        self.assertEqual(two.returncode, 0)
        self.assertIn("to come", counted.communicate(timeout=PATIENCE)[1])
        self.assertEqual(counted.returncode, 1)

    def test_it_waits_for_its_device_each_time(self):
        monitor = self.start("monitor", "--wait", "--json", r"ROOT\HELLO\0000", ready="watching")
        for _ in range(2):
            host = self.start_host()
            first, second = (json.loads(monitor.stdout.readline()) for _ in range(2))
            self.assertEqual(first["kind"], "device-arrived")
            self.assertEqual((second["kind"], second["sequence"]), ("event", 1))
            host.send_signal(signal.SIGINT)
            while json.loads(monitor.stdout.readline())["kind"] != "device-removed":
                pass
        self.assertIsNone(monitor.poll())
        self.assertIn("DEVICE", self.run_tool("monitor", "--wait", status=2).stderr)

    def test_forms_of_time(self):
        self.start_host()
        for form, shape in (("clock", r"\d\d:\d\d:\d\d\.\d{6}  "),
                            ("iso", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d{4}  "),
                            ("utc", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z  "),
                            ("monotonic", r"\d+\.\d{6}  "), ("delta", r"\+\d+\.\d{6}  ")):
            monitor = self.start("monitor", "--time", form, "--count", "2", ready="watching")
            for _ in range(2):
                self.run_tool("report", r"ROOT\HELLO\0000", "label")
            lines = monitor.communicate(timeout=PATIENCE)[0].splitlines()
            self.assertEqual(len(lines), 2)
            for line in lines:
                self.assertRegex(line, f"^{shape}")
        self.assertTrue(lines[0].startswith("+0.000000 "), lines)
        self.assertIn("iso", self.run_tool("monitor", "--time", "soon", status=2).stderr)

    def test_it_ends_with_the_time(self):
        self.run_tool("monitor", "--timeout", "0")
        self.run_tool("monitor", "--timeout", "0.2")
        self.assertIn("the time is over, with 3 ", self.run_tool("monitor", "--timeout", "0.1", "--count", "3", status=1).stderr)
        self.assertIn("seconds", self.run_tool("monitor", "--timeout", "soon", status=2).stderr)

    def test_an_unknown_device(self):
        self.assertIn("pnpnotify list", self.run_tool("monitor", r"\\.\Nothing", status=1).stderr)

    def test_what_the_manager_refuses_is_said(self):
        self.start_host()
        # More registrations than it allows: the last one asked for is that of the class.
        many = [r"ROOT\HELLO\0000"] * 4096
        refused = self.run_tool("monitor", "--class", "c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84", *many, status=1)
        self.assertIn("monitor: ", refused.stderr)

    def test_it_comes_back_with_the_manager_and_the_device(self):
        host = self.start_host()
        monitor = self.start("monitor", "--json", r"ROOT\HELLO\0000", ready="watching")
        self.manager.end(signal.SIGKILL)
        kinds = []
        for line in monitor.stdout:
            kinds.append(json.loads(line)["kind"])
            if kinds[-1] == "device-removed":
                break
        self.assertIn("gone", monitor.stderr.readline())
        await_rest(host)
        self.manager = Manager(self.folder.name, "--no-linux")
        self.assertIn("back", monitor.stderr.readline())
        # What may have been missed is to be seen for who reads the lines alone.
        self.assertEqual([json.loads(monitor.stdout.readline())["kind"] for _ in range(3)],
                         ["manager-gone", "manager-back", "device-arrived"])
        host.send_signal(signal.SIGINT)
        for line in monitor.stdout:
            if json.loads(line)["kind"] == "device-removed":
                break

    def test_it_may_be_there_before_the_manager(self):
        self.manager.end()
        monitor = self.start("monitor", "--json", ready="waiting")
        self.assertIn("pnpnotifyd", self.run_tool("monitor", r"ROOT\HELLO\0000", status=1).stderr)
        self.run_tool("monitor", "--address", "nonsense", status=1)
        self.manager = Manager(self.folder.name, "--no-linux")
        self.assertIn("watching", monitor.stderr.readline())
        self.start_host()
        self.assertEqual(json.loads(monitor.stdout.readline())["kind"], "device-arrived")

    def test_it_comes_back_with_the_manager(self):
        monitor = self.start("monitor", "--json", ready="watching")
        self.manager.end(signal.SIGKILL)
        self.assertIn("gone", monitor.stderr.readline())
        self.manager = Manager(self.folder.name, "--no-linux")
        self.assertIn("back", monitor.stderr.readline())
        self.start_host()
        gone, back, arrived = (json.loads(monitor.stdout.readline()) for _ in range(3))
        self.assertEqual([gone["kind"], back["kind"], arrived["kind"]], ["manager-gone", "manager-back", "device-arrived"])
        self.assertNotIn("device", gone)
        self.assertGreaterEqual(int(back["time_ns"]), int(gone["time_ns"]))

    def test_json_is_what_javascript_can_hold(self):
        monitor = self.start("monitor", "--json", "--count", "3", ready="watching")
        self.start_host()
        for line in monitor.stdout:
            event = json.loads(line)
            self.assertRegex(event["time_ns"], r"^\d{19}$")
            self.assertTrue(all(abs(value) < 1 << 53 for value in event.values() if isinstance(value, int)))

    def test_data_of_links_and_sizes_is_decoded(self):
        self.start_host()
        monitor = self.start("monitor", "--json", "--event", "size", "--event", "link-up", "--count", "4", ready="watching")
        for event, data in (("size", "0000000001000000" + "ffffffffffffffff"), ("size", "00"),
                            ("link-up", "03000000" + "43100100"), ("link-up", "03")):
            self.run_tool("report", r"ROOT\HELLO\0000", event, "--data", data)
        size, short, link, none = (json.loads(line) for line in monitor.communicate(timeout=PATIENCE)[0].splitlines())
        self.assertEqual((size["size_before"], size["size_after"]), (str(1 << 32), str((1 << 64) - 1)))
        self.assertEqual((link["link_index"], link["link_flags"]), (3, 0x11043))
        self.assertFalse({"size_before", "link_index"} & (short.keys() | none.keys()))

    def test_lines_of_the_users_own_form(self):
        self.start_host()
        monitor = self.start("monitor", "--event", "label", "--count", "1", "--time", "utc", "--format",
                             r"{{{kind}\t{device}\\n|{text}|{host}|{time}", ready="watching")
        self.run_tool("report", r"ROOT\HELLO\0000", "label", "--text", "one\ntwo\x1b[2J")
        self.assertRegex(monitor.communicate(timeout=PATIENCE)[0],
                         r"^\{event\tROOT\\HELLO\\0000\\n\|one\.two\.\[2J\|\|\d{4}-\d\d-\d\dT[^|]*Z\n$")
        self.assertIn("no value word", self.run_tool("monitor", "--format", "{device} {word}", status=2).stderr)
        self.assertIn("no value dev", self.run_tool("monitor", "--format", "{dev", status=2).stderr)
        self.assertIn("two forms", self.run_tool("monitor", "--json", "--format", "", status=2).stderr)

    def test_since_begins_with_what_is_still_there(self):
        self.start_host()
        self.run_tool("report", r"ROOT\HELLO\0000", "label", "--text", "before")
        for device in ([], [r"ROOT\HELLO\0000"]):
            monitor = self.start("monitor", "--since", "1h", "--event", "label", "--count", "1", *device, ready="watching")
            self.assertIn('"before"', monitor.communicate(timeout=PATIENCE)[0])
        monitor = self.start("monitor", "--since", "2099-01-01T00:00:00", "--timeout", "0.2", ready="watching")
        self.assertEqual(monitor.communicate(timeout=PATIENCE)[0], "")
        for wrong in ("soon", "1", "99999999999999999999d", "-1h", "1969-01-01T00:00:00"):
            self.assertIn("--since", self.run_tool("monitor", f"--since={wrong}", status=2).stderr)


class Commands(Case):
    """monitor --exec: a command for each event."""

    def report(self, *texts):
        for text in texts:
            self.run_tool("report", r"ROOT\HELLO\0000", "label", "--text", text)

    def begin(self, command, *arguments):
        self.start_host()
        return self.start("monitor", "--event", "label", "--exec", command, *arguments, ready="watching")

    def test_the_event_is_in_its_environment_and_on_its_input(self):
        monitor = self.begin('printf "%s\\n" "$PNPNOTIFY_KIND" "$PNPNOTIFY_DEVICE" "$PNPNOTIFY_TEXT" "${PNPNOTIFY_HOST-none}"; cat',
                             "--count", "1")
        self.report("it's\n$(hostile) `one`")
        kind, device, *text, host, line = monitor.communicate(timeout=PATIENCE)[0].splitlines()
        self.assertEqual((kind, device, host), ("event", r"ROOT\HELLO\0000", "none"))
        self.assertEqual("\n".join(text), "it's\n$(hostile) `one`")
        self.assertEqual(json.loads(line)["text"], "it's\n$(hostile) `one`")
        self.assertEqual(monitor.returncode, 0)

    def test_the_largest_event(self):
        monitor = self.begin('test ${#PNPNOTIFY_DATA} = 130998 && wc -c', "--count", "1")
        self.run_tool("report", r"ROOT\HELLO\0000", "label", "--data", "ff" * 65499)
        self.assertGreater(int(monitor.communicate(timeout=PATIENCE)[0]), 130998)

    def test_one_after_the_other_in_their_order(self):
        monitor = self.begin('echo begin; echo "$PNPNOTIFY_TEXT"', "--count", "5")
        self.report(*"abcde")
        self.assertEqual(monitor.communicate(timeout=PATIENCE)[0].split(), [w for c in "abcde" for w in ("begin", c)])

    def test_several_at_a_time_and_no_more(self):
        # Each waits until it is told to end: all that may run are there, and the next begins when one ended.
        gates = {}
        for text in "abc":
            gates[text] = pathlib.Path(self.folder.name, text)
            os.mkfifo(gates[text])
        self.env["GATES"] = self.folder.name
        monitor = self.begin('echo "$PNPNOTIFY_TEXT"; read word <"$GATES/$PNPNOTIFY_TEXT"; echo "$word"', "--jobs", "2",
                             "--count", "3")
        self.report(*"abc")
        self.assertEqual({monitor.stdout.readline() for _ in range(2)}, {"a\n", "b\n"})
        for text, after in (("b", ["b ended\n", "c\n"]), ("a", ["a ended\n"]), ("c", ["c ended\n"])):
            gates[text].write_text(f"{text} ended\n", encoding="utf-8")
            self.assertEqual([monitor.stdout.readline() for _ in after], after)
        self.assertEqual(monitor.wait(PATIENCE), 0)

    def test_how_they_ended_is_told(self):
        monitor = self.begin('case $PNPNOTIFY_TEXT in a) exit 3;; b) kill -9 $$;; esac', "--count", "3")
        self.report(*"abc")
        said = monitor.communicate(timeout=PATIENCE)[1]
        self.assertIn("the command ended with status 3", said)
        self.assertIn("the command was ended by signal 9", said)
        self.assertEqual(len(said.splitlines()), 2)
        self.assertEqual(monitor.returncode, 1)

    def test_wrong_words(self):
        for wrong in ("0", "65", "x", ""):
            self.assertIn("--jobs", self.run_tool("monitor", "--jobs", wrong, status=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
