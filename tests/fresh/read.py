#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what a document says, word for word, as its reader would at a terminal: read.py FILE.

Blocks of C that begin with a file's name are written to that file. Each line of the sh blocks is typed into
one shell, in the folder where this is called; Ctrl-C ends what says what it was started for. The first that fails ends it.
"""

import os
import pathlib
import pty
import re
import select
import signal
import sys

# What runs until Ctrl-C, and what it has said by then.
ENDLESS = {
    "./listener": b"Hello!",
    "pnpnotify monitor": b"pnpnotify: watching",
    "sudo ./kernel-watch": b" bytes",
}
PATIENCE = 900
PROMPT = re.compile(rb"<<(\d+)>>\r\n")


class Terminal:
    """A shell as it is for a person, but for its prompt."""

    def __init__(self):
        self.said = b""
        pid, self.file = pty.fork()
        if pid == 0:
            # Whoever started us in the background may have had Ctrl-C ignored.
            for ignored in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(ignored, signal.SIG_DFL)
            os.environ["PS1"] = "<<$?>>\n"
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.await_prompt()
        self.type("stty -echo")
        self.await_prompt()

    def type(self, line):
        print("$", line, flush=True)
        os.write(self.file, line.encode() + b"\n")

    def interrupt(self):
        os.write(self.file, b"\x03")

    def await_said(self, pattern):
        """Waits until it said so. Returns the match; what came up to its end is taken."""
        while not (match := re.search(pattern, self.said)):
            if not select.select([self.file], [], [], PATIENCE)[0]:
                sys.exit(f"read.py: nothing came for {PATIENCE} s")
            some = os.read(self.file, 65536)
            sys.stdout.buffer.write(some)
            sys.stdout.flush()
            self.said += some
        self.said = self.said[match.end():]
        return match

    def await_prompt(self):
        return int(self.await_said(PROMPT).group(1))

    def run(self, line):
        command = re.sub(r"\s+#.*", "", line)
        wanted = next((said for words, said in ENDLESS.items() if command.startswith(words)), None)
        self.said = b""
        self.type(line)
        if wanted and not command.endswith("&"):
            self.await_said(re.escape(wanted))
            self.interrupt()
            self.await_prompt()
            return
        status = self.await_prompt()
        if status:
            sys.exit(f"read.py: \"{line}\" failed with {status}")


def main():
    document = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(sh|c)\n(.*?)^```", document, re.S | re.M)
    terminal = Terminal()
    signal.alarm(4 * PATIENCE)
    for language, text in blocks:
        name = re.match(r"/\* (\S+\.c) \*/\n", text)
        if language == "c" and name:
            pathlib.Path(name.group(1)).write_text(text, encoding="utf-8")
        elif language == "sh":
            for line in text.splitlines():
                terminal.run(line)
    print("read.py: everything was done")


main()
