#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line: every command and option, against a real pnpnotifyd on a private socket.

usage: test_cli.py PNPNOTIFY PNPNOTIFYD HELLO_DRIVER LIBPNPNOTIFY
"""
import json
import os
import pathlib
import pty
import re
import signal
import stat
import subprocess
import sys
import unittest

from tool import DAEMON, LIBRARY, PATIENCE, TOOL, Case, Manager


ROOT = pathlib.Path(__file__).resolve().parents[2]


class Words(Case):
    def test_help_names_every_command(self):
        text = self.run_tool("--help").stdout
        for command in ("list", "info", "monitor", "record", "replay", "top", "wait", "status", "host", "report", "service", "guid"):
            self.assertIn(command, text)
            self.assertIn("sage", self.run_tool(command, "--help").stdout)

    def test_the_manual_and_the_shells_know_every_option(self):
        manual = (ROOT / "man/pnpnotify.1").read_text(encoding="utf-8").replace("\\-", "-")
        for command in self.run_tool("complete", "").stdout.split():
            self.assertRegex(manual, rf"(?m)^\.B pnpnotify {command}\b")
            if command == "fleet":  # another program's options
                continue
            for option in re.findall(r"(?m)^  (--[a-z-]+)", self.run_tool(command, "--help").stdout):
                self.assertIn(option, manual, command)
                self.assertIn(option + "\n", self.run_tool("complete", "--", command, option[:-1]).stdout, command)

    def test_words_for_shells(self):
        self.start_host()
        for words, offered in ((["mon"], "monitor"), (["--address", "x", "lis"], "list"), (["monitor", "root"], r"ROOT\HELLO\0000"),
                               (["monitor", "--class", "di"], "disk"), (["monitor", "--event", "un"], "unmount"),
                               (["list", "--source", ""], "driver\nkernel\nlinux"), (["fleet", "h"], "hosts"), (["guid", ""], "new"),
                               (["report", "D", "GUID_IO_VOLUME_CHANGE_"], "GUID_IO_VOLUME_CHANGE_SIZE"), (["record", ""], ""),
                               (["monitor", "--time", "d"], "delta"), (["nonsense", "x"], "")):
            self.assertEqual(self.run_tool("complete", "--", *words).stdout.strip(), offered, words)
        self.manager.end()
        self.assertEqual(self.run_tool("complete", "--", "monitor", "root").stdout, "")

    def test_bash_completes_names_as_it_reads_them(self):
        self.start_host()
        for word in ("ROOT\\\\HE", "'ROOT\\HE", "root"):
            script = ('source "$1"; COMP_WORDS=("$2" monitor "$3"); COMP_CWORD=2; _pnpnotify; '
                      'eval "set -- ${COMPREPLY[0]}"; printf %s "$1"')
            done = subprocess.run(["bash", "-c", script, "bash", ROOT / "data/completion/pnpnotify", TOOL, word], env=self.env,
                                  capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(done.stdout, r"ROOT\HELLO\0000", (word, done.stderr))

    def test_version(self):
        self.assertRegex(self.run_tool("--version").stdout, r"^pnpnotify \d+\.\d+\.\d+$")
        done = subprocess.run([DAEMON, "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^pnpnotifyd \d+\.\d+\.\d+$")

    def test_wrong_words_say_what_would_be_right(self):
        self.assertIn("--help", self.run_tool(status=2).stderr)
        self.assertIn('"monitor"', self.run_tool("monitr", status=2).stderr)
        self.assertIn("--help", self.run_tool("nonsense", status=2).stderr)
        self.assertIn("--wrong", self.run_tool("list", "--wrong", status=2).stderr)
        self.assertIn("word too many", self.run_tool("status", "word", status=2).stderr)
        self.assertIn("--count", self.run_tool("monitor", "--count", "none", status=2).stderr)
        self.assertIn("class", self.run_tool("monitor", "--class", "none", status=2).stderr)
        self.assertIn("class", self.run_tool("list", "--class", "none", status=2).stderr)
        many = ["--class", "disk"] * 17
        self.assertIn("16 times", self.run_tool("list", *many, status=2).stderr)
        self.assertIn("16 times", self.run_tool("monitor", *many, status=2).stderr)

    def test_what_could_not_be_written_was_not_said(self):
        self.start_host()
        for words in (["list"], ["list", "--json"], ["status"], ["guid", "new", "X"], ["--help"], ["--version"],
                      ["list", "--help"], ["host", "--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOOL, *words], env=self.env, stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=PATIENCE)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("written", done.stderr, words)
        with open("/dev/full", "wb") as full:
            monitor = self.start("monitor", "--event", "label", ready="watching", stdout=full)
        self.run_tool("report", r"ROOT\HELLO\0000", "label", "--text", "label")
        self.assertIn("written", monitor.communicate(timeout=PATIENCE)[1])
        self.assertEqual(monitor.returncode, 1)

    def test_no_manager(self):
        self.manager.end()
        self.assertIn("pnpnotifyd --address", self.run_tool("list", status=1).stderr)
        self.assertIn("unix:path=", self.run_tool("list", "--address", "nonsense", status=1).stderr)

    def test_daemon_refuses_wrong_words(self):
        for words, status in ((["--wrong"], 2), (["word"], 2), (["--address", "nonsense"], 2),
                              (["--address", self.manager.address], 1)):
            done = subprocess.run([DAEMON, *words], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, status, (words, done.stderr))
            self.assertEqual(len(done.stderr.strip().splitlines()), 2 if words == ["--wrong"] else 1, done.stderr)


    def test_options_before_the_command_too(self):
        elsewhere = f"unix:path={self.folder.name}/elsewhere"
        self.assertIn("elsewhere", self.run_tool("--address", elsewhere, "list", status=1).stderr)
        self.start_host()
        self.assertIn("HELLO", self.run_tool("--json", "--address", self.manager.address, "list").stdout)
        self.assertIn("usage: pnpnotify status", self.run_tool("--help", "status").stdout)


class Service(Case):
    """Units for systemd, of the user's own: HOME is the test's."""

    def setUp(self):
        super().setUp()
        self.env = dict(self.env, HOME=self.folder.name)
        self.env.pop("XDG_CONFIG_HOME", None)
        self.unit = pathlib.Path(self.folder.name, ".config/systemd/user/greeter.service")

    def test_a_unit_comes_and_goes(self):
        said = self.run_tool("service", "install", "--user", "greeter", TOOL, "--", "--flag", 'a "b" $c %d\\').stdout
        self.assertIn(str(self.unit), said)
        self.assertIn("systemctl --user enable --now greeter", said)
        text = self.unit.read_text(encoding="utf-8")
        self.assertIn("Type=notify\n", text)
        program = os.path.realpath(TOOL)
        self.assertIn(f'ExecStart="{program}" "--flag" "a \\x22b\\x22 $$c %%d\\x5c"\n', text)
        self.assertIn(f'Environment="PNPNOTIFY_ADDRESS={self.manager.address}"\n', text)
        self.run_tool("service", "install", "--user", "greeter", TOOL)
        self.assertNotIn("--flag", self.unit.read_text(encoding="utf-8"))
        self.assertIn("daemon-reload", self.run_tool("service", "remove", "--user", "greeter").stdout)
        self.assertFalse(self.unit.exists())
        self.assertIn("No such file", self.run_tool("service", "remove", "--user", "greeter", status=1).stderr)

    def test_what_is_not_ours_stays(self):
        self.unit.parent.mkdir(parents=True)
        self.unit.write_text("[Unit]\n", encoding="utf-8")
        for words in (["install", "--user", "greeter", TOOL], ["remove", "--user", "greeter"]):
            self.assertIn("stays as it is", self.run_tool("service", *words, status=1).stderr)
        self.assertEqual(self.unit.read_text(encoding="utf-8"), "[Unit]\n")

    def test_wrong_words(self):
        self.assertIn("service install NAME", self.run_tool("service", status=2).stderr)
        self.assertIn("unit's name", self.run_tool("service", "install", "../x", TOOL, status=2).stderr)
        self.assertIn("No such file",
                      self.run_tool("service", "install", "--user", "x", "/nonexistent", status=1).stderr)


class Guid(Case):
    def test_new_is_a_header_and_never_the_same(self):
        first, second = (self.run_tool("guid", "new", "GUID_X").stdout for _ in range(2))
        self.assertNotEqual(first, second)
        self.assertIn("DEFINE_GUID(GUID_X,", first)
        source = f"#include <initguid.h>\n{first}\nconst GUID *p = &GUID_X;\n"
        subprocess.run(["x86_64-w64-mingw32-gcc", "-xc", "-fsyntax-only", "-Wall", "-Werror", "-"], input=source, text=True,
                       check=True)

    def test_headers_for_native_and_kernel_sources(self):
        include = str(ROOT / "include")
        native = self.run_tool("guid", "new", "GUID_X", "--native").stdout
        for compiler in (["gcc", "-x", "c"], ["g++", "-x", "c++"]):
            subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", include, "-"],
                           input=native, text=True, check=True)
        kernel = self.run_tool("guid", "--kernel", "new", "GUID_X").stdout
        self.assertIn("#include <pnpnotify/driver.h>", kernel)
        subprocess.run(["gcc", "-Wall", "-Werror", "-fsyntax-only", "-D__maybe_unused=", "-Wno-unused-const-variable",
                        "-I", include, "-include", "pnpnotify.h", "-x", "c", "-"],
                       input=kernel.replace("#include <pnpnotify/driver.h>", ""), text=True, check=True)
        self.run_tool("guid", "new", "X", "--native", "--kernel", status=2)

    def test_a_name_that_is_none(self):
        self.assertIn("9X", self.run_tool("guid", "new", "9X", status=2).stderr)
        self.run_tool("guid", "old", "X", status=2)


class Devices(Case):
    def test_list(self):
        self.start_host()
        self.assertIn(r"ROOT\HELLO\0000  driver", self.run_tool("list").stdout)
        devices = [json.loads(line) for line in self.run_tool("list", "--json").stdout.splitlines()]
        self.assertEqual([d["device"] for d in devices], [r"ROOT\HELLO\0000"])
        self.assertTrue(devices[0]["started"])
        self.assertEqual(len(devices[0]["interfaces"]), 1)
        long = self.run_tool("list", "--long", r"root\hello\0000").stdout
        self.assertIn("c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84", long)
        self.assertEqual(self.run_tool("list", "--source", "linux").stdout, "")
        self.assertEqual(self.run_tool("list", "--class", "disk").stdout, "")
        self.assertIn("no such device", self.run_tool("list", "/dev/null", status=1).stderr)
        self.assertIn("kernel", self.run_tool("list", "--source", "nobody", status=2).stderr)

    def test_list_l1_a_device_however_it_is_named(self):
        folder = pathlib.Path(self.folder.name) / "linux"
        folder.mkdir()
        manager = Manager(folder)
        self.addCleanup(manager.end)
        self.env["PNPNOTIFY_ADDRESS"] = manager.address
        (folder / "link").symlink_to("/dev/null")
        names = ["/dev/null", str(folder / "link"), r"linux\mem\null", r"\\.\NULL", "/sys/class/mem/null"]
        if os.geteuid() == 0:
            os.mknod(folder / "node", stat.S_IFCHR | 0o600, os.makedev(1, 3))
            names.append(str(folder / "node"))
        one = [json.loads(line) for line in self.run_tool("list", "--json", names[0]).stdout.splitlines()]
        names.append(one[0]["interfaces"][0]["name"])
        for name in names:
            shown = self.run_tool("list", name).stdout
            self.assertEqual(len(shown.splitlines()), 1, name)
            self.assertTrue(shown.startswith("LINUX\\MEM\\NULL"), name)

    def test_list_u16_ports_by_number_kept_in_a_file(self):
        kind = pathlib.Path("/sys/class/tty/ttyS0/type")
        if not kind.exists() or kind.read_text(encoding="utf-8").strip() == "0":
            self.skipTest("there is no serial port")
        folder = pathlib.Path(self.folder.name) / "linux"
        folder.mkdir()
        names = folder / "names"
        names.write_text("COM41 linux\\tty\\tty%530\n", encoding="utf-8")
        manager = Manager(folder, "--state", str(folder))
        self.addCleanup(manager.end)
        self.env["PNPNOTIFY_ADDRESS"] = manager.address
        self.assertRegex(self.run_tool("list", r"LINUX\tty\ttyS0").stdout, r"^LINUX\\TTY\\TTY%530  serial  COM41\n")
        self.assertEqual(self.run_tool("list", r"\\.\com41").stdout, self.run_tool("list", "/dev/ttyS0").stdout)

    def test_monitor_of_some_events(self):
        self.start_host()
        monitor = self.start("monitor", "--event", "label", "--count", "1", ready="watching")
        for event in ("GUID_IO_VOLUME_CHANGE", "mount", "label"):
            self.run_tool("report", r"ROOT\HELLO\0000", event, "--text", event)
        self.assertIn('"label"', monitor.stdout.readline())
        self.assertEqual(monitor.wait(timeout=PATIENCE), 0)
        self.assertIn("event's name", self.run_tool("monitor", "--event", "none", status=2).stderr)

    def test_several_classes_and_events(self):
        self.start_host()
        other, of_hello = "11111111-2222-3333-4444-555555555555", "c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84"
        for classes in ((of_hello, other), (other, of_hello)):
            words = [word for name in classes for word in ("--class", name)]
            self.assertIn("HELLO", self.run_tool("list", *words).stdout)
            monitor = self.start("monitor", "--count", "1", *words, ready="watching")
            self.run_tool("report", r"ROOT\HELLO\0000", "label")
            self.assertEqual(monitor.wait(PATIENCE), 0)
        self.assertEqual(self.run_tool("list", "--class", other).stdout, "")

    def test_status_counts(self):
        self.start_host()
        monitor = self.start("monitor", r"ROOT\HELLO\0000", ready="watching")
        self.run_tool("report", r"ROOT\HELLO\0000", "label")
        monitor.stdout.readline()
        rows = self.run_tool("status").stdout
        self.assertIn(r"ROOT\HELLO\0000", rows)
        self.assertRegex(rows, rf"(?m)^ +{monitor.pid} ")

    def test_status_for_programs(self):
        host = self.start_host()
        monitor = self.start("monitor", r"ROOT\HELLO\0000", ready="watching")
        self.run_tool("report", r"ROOT\HELLO\0000", "label")
        monitor.stdout.readline()
        rows = [json.loads(line) for line in self.run_tool("status", "--json").stdout.splitlines()]
        own, follower = (row for row in rows if row.get("device") == r"ROOT\HELLO\0000")
        self.assertEqual((own["pid"], own["registrant"]), (host.pid, 0))
        self.assertEqual((follower["pid"], follower["lost"]), (monitor.pid, 0))
        self.assertGreater(own["events"], 0)
        used = {row["resource"]: row for row in rows if row.get("uid") == os.getuid()}
        self.assertLessEqual(used["connections"]["used"], used["connections"].get("limit", 1 << 32))

    def test_status_as_metrics(self):
        host = self.start_host()
        monitor = self.start("monitor", r"ROOT\HELLO\0000", ready="watching")
        self.run_tool("report", r"ROOT\HELLO\0000", "label")
        monitor.stdout.readline()
        text = self.run_tool("status", "--metrics").stdout
        self.assertTrue(text.endswith("\n# EOF\n"))
        self.assertRegex(text, rf'(?m)^pnpnotify_device_events_total{{device="ROOT\\\\HELLO\\\\0000",pid="{host.pid}"}} [1-9]')
        self.assertRegex(text, rf'(?m)^pnpnotify_registrant_lost_events_total{{device="ROOT\\\\HELLO\\\\0000",'
                               rf'pid="{monitor.pid}",registrant="\d+"}} 0$')
        self.assertRegex(text, rf'(?m)^pnpnotify_user_used{{uid="{os.getuid()}",resource="refusals"}} 0$')
        types = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text))
        for name in re.findall(r"(?m)^(pnpnotify_\w+){", text):
            self.assertIn(types[name.removesuffix("_total")], ("counter",) if name.endswith("_total") else ("gauge",))

    def test_metrics_in_a_file_are_whole(self):
        path = pathlib.Path(self.folder.name) / "pnpnotify.prom"
        path.write_text("old", encoding="utf-8")
        self.run_tool("status", "--metrics", "--output", str(path))
        self.assertTrue(path.read_text(encoding="utf-8").endswith("# EOF\n"))
        self.assertEqual(path.with_suffix(".prom.new").exists(), False)
        self.assertIn("/dev/null/x", self.run_tool("status", "--metrics", "--output", "/dev/null/x", status=1).stderr)
        folder = pathlib.Path(self.folder.name) / "folder"
        folder.mkdir()
        self.run_tool("status", "--metrics", "--output", str(folder), status=1)
        self.assertEqual(folder.with_suffix(".new").exists(), False)
        self.run_tool("status", "--output", str(path), status=2)
        self.run_tool("status", "--json", "--metrics", status=2)

    def test_status_leaves_out_what_rests(self):
        self.manager.end()
        self.manager = Manager(self.folder.name)
        self.assertNotIn(r"LINUX\MEM\NULL", self.run_tool("status").stdout)
        self.assertIn(r"LINUX\MEM\NULL", self.run_tool("status", "--all").stdout)

    def test_host_refuses_bad_files(self):
        self.assertIn("/nonexistent.so", self.run_tool("host", "/nonexistent.so", status=1).stderr)
        self.run_tool("host", status=2)


class Report(Case):
    def test_report_reaches_a_registrant(self):
        self.start_host()
        monitor = self.start("monitor", "--json", r"ROOT\HELLO\0000", ready="watching")
        self.run_tool("report", r"ROOT\HELLO\0000", "GUID_IO_VOLUME_CHANGE", "--data", "01ff", "--text", "grüße")
        for line in monitor.stdout:
            event = json.loads(line)
            if event.get("name") == "GUID_IO_VOLUME_CHANGE":
                break
        self.assertEqual(event["text"], "grüße")
        self.assertEqual(event["data"][:4], "01ff")
        self.assertEqual(event["name_offset"], 2)

    def test_wrong_reports(self):
        device = r"ROOT\HELLO\0000"
        guid = "11111111-2222-3333-4444-555555555555"
        self.run_tool("report", device, status=2)
        self.assertIn("hexadecimal", self.run_tool("report", device, guid, "--data", "0g", status=2).stderr)
        self.assertIn("nonsense", self.run_tool("report", device, "nonsense", status=2).stderr)
        self.assertIn("pnpnotify list", self.run_tool("report", device, guid, status=1).stderr)
        self.start_host()
        self.assertIn("system", self.run_tool("report", device, "cb3a4008-46f0-11d0-b08f-00609713053f", status=1).stderr)


HOLDER = '''
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
connection, handle = ctypes.c_void_p(), ctypes.c_void_p()
if library.pnpn_connect(ctypes.byref(connection), None) or library.pnpn_open(connection, b"ROOT\\\\HELLO\\\\0000", ctypes.byref(handle)):
    sys.exit(1)
print("open", flush=True)
sys.stdin.read()
'''


class Info(Case):
    DEVICE = r"ROOT\HELLO\0000"

    def test_everything_that_is_known(self):
        self.start_host()
        name = r"\\?\root#hello#0000#{c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84}"
        for word in (self.DEVICE, name):
            text = self.run_tool("info", word).stdout
            self.assertRegex(text, r"(?m)^device +ROOT\\HELLO\\0000$")
            self.assertRegex(text.lower(), "(?m)^interface +" + re.escape(name) + "$")
        known = json.loads(self.run_tool("info", "--json", self.DEVICE).stdout)
        self.assertEqual((known["device"], known["source"], known["started"]), (self.DEVICE, "driver", True))
        self.assertEqual(known["interfaces"][0]["enabled"], True)
        self.assertTrue(all(isinstance(values, list) for values in known["properties"].values()))

    def test_what_udev_knows_and_one_property(self):
        folder = pathlib.Path(self.folder.name) / "linux"
        folder.mkdir()
        manager = Manager(folder)
        self.addCleanup(manager.end)
        self.env["PNPNOTIFY_ADDRESS"] = manager.address
        node = self.run_tool("info", "--property", "node", "/dev/null").stdout
        self.assertEqual(node, "/dev/null\n")
        self.assertEqual(self.run_tool("info", "/dev/null", "--property", "node", "/dev/zero").stdout, "/dev/null\n/dev/zero\n")
        self.assertIn("no property", self.run_tool("info", "--property", "weight", "/dev/null", status=1).stderr)
        # Most of what Linux has says nothing to most people.
        few, all_of_them = (self.run_tool("list", *all_of).stdout.splitlines() for all_of in ([], ["--all"]))
        self.assertLess(len(few), len(all_of_them))
        self.assertTrue(any("LINUX\\MEM\\NULL" in line.upper() for line in all_of_them))
        self.assertFalse(any("LINUX\\MEM\\NULL" in line.upper() for line in few))
        self.assertIn("NULL", self.run_tool("list", "/dev/null").stdout.upper())

    def test_wrong_words(self):
        self.assertIn("pnpnotify list", self.run_tool("info", "\\\\.\\Nothing", status=1).stderr)
        self.assertIn("which device", self.run_tool("info", status=2).stderr)


class Top(Case):
    def test_one_look(self):
        self.start_host()
        listener = self.start("monitor", r"ROOT\HELLO\0000", ready="watching")
        header, *rows = self.run_tool("top", "--once", "--interval", "0.1").stdout.splitlines()
        self.assertIn("EVENTS/S", header)
        self.assertTrue(any(str(listener.pid) in row and "ROOT\\HELLO\\0000" in row for row in rows), rows)
        rows = [json.loads(line) for line in self.run_tool("top", "--once", "--json", "--interval", "0.1").stdout.splitlines()]
        self.assertEqual({row["device"] for row in rows}, {r"ROOT\HELLO\0000"})
        self.assertTrue(all(row["events_a_second"] >= 0 and row["lost"] == 0 for row in rows))

    def test_again_and_again(self):
        self.start_host()
        top = subprocess.Popen([TOOL, "top", "--json", "--interval", "0.1"], env=self.env, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (top.kill(), top.wait(), top.stdout.close()))
        events = 0
        while events < 2:
            events = json.loads(top.stdout.readline())["events"]
            self.run_tool("report", r"ROOT\HELLO\0000", "label")
        # The manager goes: it says so and ends.
        self.manager.end()
        self.assertEqual(top.wait(PATIENCE), 1)

    def test_wrong_words(self):
        for wrong in ("0", "x", "nan", "3601"):
            self.assertIn("--interval", self.run_tool("top", "--interval", wrong, status=2).stderr)
        self.assertIn("too many", self.run_tool("top", "word", status=2).stderr)


class Terminal(Case):
    """People sit at it: colours, and a pager."""

    def at_terminal(self, *arguments, **env):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([TOOL, *arguments], stdout=theirs, stdin=subprocess.DEVNULL,
                                   env={**self.env, "TERM": "xterm", "PNPNOTIFY_PAGER": "sed 's/^/> /'", **env})
        os.close(theirs)
        text = b""
        try:
            while True:
                text += os.read(ours, 4096)
        except OSError:  # nobody has the other end any more
            os.close(ours)
        self.assertEqual(process.wait(PATIENCE), 0)
        return text.decode().replace("\r\n", "\n")

    def test_colours_where_they_are_wanted(self):
        self.start_host()
        self.assertIn("\033[1m", self.at_terminal("list", "--no-pager"))
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\033", self.at_terminal("list", "--no-pager", **env))
        self.assertIn("\033", self.at_terminal("list", "--no-pager", NO_COLOR=""))
        self.assertNotIn("\033", self.run_tool("list").stdout)

    def test_a_pager_for_what_is_long(self):
        self.start_host()
        for words in (["list"], ["status"], ["info", r"ROOT\HELLO\0000"]):
            lines = self.at_terminal(*words).splitlines()
            self.assertTrue(all(line.startswith("> ") for line in lines), lines)
            self.assertFalse(any(line.startswith("> ") for line in self.at_terminal("--no-pager", *words).splitlines()))
        self.assertNotIn("> ", self.at_terminal("list", PNPNOTIFY_PAGER=""))
        self.assertIn("> ", self.at_terminal("list", PNPNOTIFY_PAGER="sed 's/^/> /'", PAGER="false"))
        # Who leaves it has seen enough.
        self.at_terminal("list", PNPNOTIFY_PAGER="true")


class Remove(Case):
    DEVICE = r"ROOT\HELLO\0000"

    def test_d5_it_goes_and_that_is_told(self):
        self.start_host()
        monitor = self.start("monitor", "--queries", "--json", self.DEVICE, ready="watching")
        self.run_tool("remove", self.DEVICE)
        kinds = [json.loads(line)["kind"] for line in monitor.stdout]
        self.assertEqual([kind for kind in kinds if kind != "event"], ["query-remove", "remove-pending", "device-removed"])
        self.assertIn("there is no device", self.run_tool("remove", self.DEVICE, status=1).stderr)

    def test_d7_by_force(self):
        self.start_host()
        monitor = self.start("monitor", "--queries", "--json", self.DEVICE, ready="watching")
        self.run_tool("remove", "--force", self.DEVICE)
        kinds = [json.loads(line)["kind"] for line in monitor.stdout]
        self.assertEqual([kind for kind in kinds if kind != "event"], ["device-removed"])

    def test_d5_who_has_it_open_is_named(self):
        self.start_host()
        with subprocess.Popen([sys.executable, "-c", HOLDER, LIBRARY], env=self.env, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as holder:
            # A sanitizer's runtime is not Python's.
            if holder.stdout.readline() != "open\n":
                self.skipTest("the library can't be loaded into Python")
            said = self.run_tool("remove", self.DEVICE, status=1).stderr
            self.assertRegex(said, rf"stays: \S+ \(process {holder.pid}\) has it open")
            waiting = subprocess.Popen([TOOL, "remove", "--wait", self.DEVICE], env=self.env)
            self.addCleanup(lambda: (waiting.kill(), waiting.wait()))
            holder.stdin.close()
            self.assertEqual(waiting.wait(PATIENCE), 0)

    def test_wrong_words(self):
        self.run_tool("remove", status=2)
        self.run_tool("remove", self.DEVICE, self.DEVICE, status=2)
        self.run_tool("remove", "--hard", self.DEVICE, status=2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
