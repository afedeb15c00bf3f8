#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: driver-exports.py LIBRARY SYM HEADER...

What the library exports, what the list of exports names and what the headers declare must be the same.
"""
import pathlib
import re
import subprocess
import sys

library, sym, *headers = sys.argv[1:]
built = {line.split()[-1].split("@")[0]
         for line in subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                                    capture_output=True).stdout.splitlines()
         if " A " not in line}
listed = set(re.findall(r"^\t(\w+);$", pathlib.Path(sym).read_text(), re.M))
declared = set()
for header in headers:
    text = pathlib.Path(header).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"#define (?:[^\n]*\\\n)*[^\n]*", "", text)
    # Inline functions are bodies, not declarations.
    text = re.sub(r"(?:FORCEINLINE|static inline)[^{;]*\{.*?\n\}", "", text, flags=re.S)
    text = re.sub(r"typedef [^;{]*(?:\{[^}]*\})?[^;]*;", "", text)
    text = re.sub(r"(?:struct|union|enum) \w+ \{.*?\n\};", "", text, flags=re.S)
    declared |= set(re.findall(r"DEFINE_GUID\((\w+)", text))
    declared |= set(re.findall(r"(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\);", text)) - {"DEFINE_GUID"}
    for line in re.findall(r"^extern POBJECT_TYPE ([^;]*);", text, re.M):
        declared |= set(re.findall(r"\w+", line))
failed = False
for what, more, less in (("listed, not exported", listed, built), ("exported, not listed", built, listed),
                         ("declared, not exported", declared, built),
                         ("exported, not declared", built, declared)):
    for name in sorted(more - less):
        print(f"{what}: {name}")
        failed = True
sys.exit(failed)
