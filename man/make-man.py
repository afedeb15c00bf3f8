#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the manual of the C API from the public headers, so that the two can't drift: a page for each header and one
for each function. With --list it says which.

usage: make-man.py [--list] FOLDER EXAMPLE.c HEADER...
"""
import os
import re
import sys

FUNCTION = re.compile(r"\b(\w+)\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:__\w+\(\(.*\)\)\s*)?;$", re.S)
DECLARATION = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\s*\n(#define (?:[^\n]*\\\n)*[^\n]+|[a-z][^;{]*(?:\{.*?\n\})?[^;{]*;)", re.S)
TITLES = {
    "pnpnotify.h": ("pnpnotify", "events from devices to everyone who asked"),
    "connection.h": ("pnpnotify-connection", "connecting to the PnP manager, and taking events"),
    "registration.h": ("pnpnotify-registration", "asking for events"),
    "event.h": ("pnpnotify-event", "what an event says"),
    "handle.h": ("pnpnotify-handle", "opening a device; reading, writing and asking"),
    "device.h": ("pnpnotify-device", "devices of this process, and reporting on them"),
    "io.h": ("pnpnotify-io", "what openers ask of a device of this process"),
    "removal.h": ("pnpnotify-removal", "having a device removed that somebody else owns"),
    "list.h": ("pnpnotify-list", "what is there: devices, properties, status, usage"),
    "question.h": ("pnpnotify-question", "asking the manager without waiting for the answer"),
    "guid.h": ("pnpnotify-guid", "GUIDs as bytes and as text"),
    "events.h": ("pnpnotify-events", "what happens on Linux's own devices"),
    "classes.h": ("pnpnotify-classes", "what kinds of devices Linux has"),
    "manager.h": ("pnpnotify-manager", "the PnP manager inside a process"),
    "driver.h": ("pnpnotify-driver", "Plug and Play notification for kernel drivers"),
}


def troff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def plain(comment):
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip().splitlines()]
    return "\n".join(lines).strip()


def sentence(text):
    return re.sub(r"@(\w+)", r"\\fI\1\\fP", troff(" ".join(text.split())))


def prose(text):
    """Paragraphs; a line that begins with a tab is code, @name: ... a parameter, and @name elsewhere means it."""
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.splitlines()
        if all(line.startswith("\t") for line in lines):
            yield ".PP\n.RS\n.nf\n" + "\n".join(troff(line[1:]) for line in lines) + "\n.fi\n.RE\n"
            continue
        rest = []
        for line in re.sub(r"\n(?!@)\s*", " ", part).splitlines():
            parameter = re.match(r"@(\w+):\s*(.*)", line)
            if parameter:
                yield f".TP\n.I {parameter[1]}\n{sentence(parameter[2])}\n"
            else:
                rest.append(line)
        if rest:
            yield ".PP\n" + "\n".join(sentence(line) for line in rest) + "\n"


class Header:
    def __init__(self, path):
        text = open(path, encoding="utf-8").read()
        self.file = os.path.basename(path)
        is_part = "Part of pnpnotify.h" in text
        self.include = "pnpnotify.h" if is_part or self.file == "pnpnotify.h" else f"pnpnotify/{self.file}"
        self.section = 9 if self.file == "driver.h" else 3
        self.name, self.title = TITLES[self.file]
        self.rules = "pnpnotify" if is_part else self.name
        first = re.search(r"/\*\n(.*?)\*/", text, re.S)
        self.intro, self.body = plain(first[1]), text[first.end():]
        self.parts = [TITLES[part][0] for part in re.findall(r"#include <pnpnotify/(\w+\.h)>", text) if not is_part]

    def page(self, folder, name):
        return open(os.path.join(folder, f"{name}.{self.section}"), "w", encoding="utf-8")

    def head(self, name, purpose):
        return (f'.\\" SPDX-License-Identifier: MIT\n.\\" Made by man/make-man.py from {self.include}.\n'
                f'.TH {troff(name.upper())} {self.section} "" "pnpnotify" "Plug and Play notification"\n'
                f".SH NAME\n{troff(name)} \\- {troff(purpose)}\n.SH SYNOPSIS\n.nf\n#include <{self.include}>\n")

    def functions(self):
        for comment, code in DECLARATION.findall(self.body):
            found = FUNCTION.search(code)
            if found and not code.startswith(("#", "typedef")) and "{" not in code:
                yield found[1], plain(comment), code.strip()

    def pages(self):
        return [f"{name}.{self.section}" for name in [self.name, *(function[0] for function in self.functions())]]


def of_function(header, name, comment, code):
    """Its purpose stands behind its name, or is the first sentence."""
    titled = re.match(rf"{name}\(\) - (.*?)(?:\.\s|\.$|\n|$)(.*)", comment, re.S)
    first = re.match(r"(.*?)(?:[.;]\s|[.;]$|$)", " ".join(comment.split()))
    purpose, rest = (titled[1], titled[2]) if titled else (first[1], comment)
    with header.page(sys.argv[1], name) as out:
        out.write(header.head(name, " ".join(purpose.split())) + ".PP\n" + troff(code) + "\n.fi\n")
        if rest.strip():
            out.write(".SH DESCRIPTION\n" + "".join(prose(rest)))
        others = sorted({other for other in re.findall(r"\b(pnpn_\w+)\(\)", comment) if other != name})
        out.write(f".PP\nThreads, errors, blocking and text: what holds for every function stands in\n"
                  f".BR {troff(header.rules)} ({header.section}).\n.SH SEE ALSO\n")
        out.write(",\n".join(f".BR {troff(other)} ({header.section})"
                             for other in [*(other for other in others if not other.endswith("_")), header.name]) + "\n")


def of_header(header, example):
    with header.page(sys.argv[1], header.name) as out:
        out.write(header.head(header.name, header.title))
        if header.file == "pnpnotify.h":
            out.write(".PP\ncc $(pkg\\-config \\-\\-cflags pnpnotify) program.c $(pkg\\-config \\-\\-libs pnpnotify)\n")
        out.write(".fi\n.SH DESCRIPTION\n" + "".join(prose(header.intro)))
        if header.file == "pnpnotify.h":
            out.write(".SH EXAMPLE\nA whole program:\n.PP\n.RS\n.nf\n" + troff(example) + ".fi\n.RE\n")
        parts = re.split(r"(?m)^/\* -+ (.*?) -+ \*/$", header.body)
        for title, text in zip(["declarations", *parts[1::2]], parts[0::2]):
            declared = DECLARATION.findall(text)
            if declared:
                out.write(f".SH {troff(title.split(':')[0].upper())}\n")
            for comment, code in declared:
                out.write(".PP\n.nf\n" + troff(code.strip()) + "\n.fi\n.RS\n" + "".join(prose(plain(comment))) + ".RE\n")
        out.write(".SH SEE ALSO\n" + "".join(f".BR {troff(part)} (3),\n" for part in header.parts) +
                  ".BR pnpnotify (1),\n.BR pnpnotifyd (8),\n.BR pnpnotify (3),\n"
                  ".BR pnpnotify\\-wdm (7),\n.BR pnpnotify\\-win32 (7)\n")


listing = "--list" in sys.argv
if listing:
    sys.argv.remove("--list")
headers = [Header(path) for path in sys.argv[3:]]
if listing:
    print("\n".join(page for header in headers for page in header.pages()))
    sys.exit()
for header in headers:
    of_header(header, open(sys.argv[2], encoding="utf-8").read())
    for function in header.functions():
        of_function(header, *function)
