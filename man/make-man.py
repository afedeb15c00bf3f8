#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes pnpnotify.3 from the public header, so that manual and header can't drift.

usage: make-man.py pnpnotify.h EXAMPLE.c OUTPUT
"""
import re
import sys

header = open(sys.argv[1], encoding="utf-8").read()
example = open(sys.argv[2], encoding="utf-8").read()


def troff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def plain(comment):
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip().splitlines()]
    return "\n".join(lines).strip()


def paragraphs(text):
    out = []
    for part in re.split(r"\n\s*\n", text):
        lines = [(".br\n" if line.strip().startswith("@") else "") + troff(" ".join(line.split()))
                 for line in part.splitlines()]
        out.append(".PP\n" + "\n".join(lines))
    return "\n".join(out)


def sections(body):
    """A section begins with a line /* --- title --- */."""
    parts = re.split(r"(?m)^/\* -+ (.*?) -+ \*/$", body)
    yield "TYPES", parts[0]
    for title, text in zip(parts[1::2], parts[2::2]):
        yield title.split(":")[0].upper(), text


def declarations(text):
    pattern = r"/\*\*((?:(?!\*/).)*)\*/\s*\n(#define [^\n]+|[a-z][^;{]*(?:\{.*?\n\})?[^;{]*;)"
    for comment, code in re.findall(pattern, text, re.S):
        yield plain(comment), code.strip()


intro = plain(re.search(r"/\*\n \* pnpnotify:.*?\*/", header, re.S)[0][2:-2])
body = header[header.index("/** A GUID in the layout"):]
with open(sys.argv[3], "w", encoding="utf-8") as out:
    out.write('.\\" SPDX-License-Identifier: MIT\n.\\" Made by man/make-man.py from include/pnpnotify.h.\n')
    out.write('.TH PNPNOTIFY 3 "" "pnpnotify" "Plug and Play notification"\n.SH NAME\n')
    out.write("pnpnotify \\- events from devices to everyone who asked\n.SH SYNOPSIS\n.nf\n")
    out.write("#include <pnpnotify.h>\n.PP\ncc $(pkg\\-config \\-\\-cflags pnpnotify) program.c ")
    out.write("$(pkg\\-config \\-\\-libs pnpnotify)\n.fi\n.SH DESCRIPTION\n")
    code = False
    for line in intro.splitlines():
        if line.startswith("\t") != code:
            code = not code
            out.write(".nf\n.RS\n" if code else ".RE\n.fi\n")
        out.write((troff(line.strip()) if line.strip() else ".sp") + "\n")
    out.write(".SH EXAMPLE\nA whole program:\n.nf\n.RS\n" + troff(example) + ".RE\n.fi\n")
    for title, text in sections(body):
        out.write(f".SH {troff(title)}\n")
        for comment, code in declarations(text):
            out.write(".TP\n.B " + troff(" ".join(code.split())) + "\n" if len(code) < 300 and "{" not in code
                      else ".PP\n.nf\n" + troff(code) + "\n.fi\n.PP\n")
            out.write(paragraphs(comment).replace(".PP\n", "", 1) + "\n")
    out.write(".SH SEE ALSO\n.BR pnpnotify (1),\n.BR pnpnotifyd (8),\n.BR pnpnotify\\-wdm (7),\n.BR pnpnotify\\-win32 (7)\n")
