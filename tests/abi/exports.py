#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: exports.py LIBRARY SYM HEADER...

What a library exports, what its list of exports names (a trailing * stands for any rest) and
what its headers declare must be the same. WinMain is the program's; GUIDs are defined by who includes them.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

library, sym, *headers = sys.argv[1:]
lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                       capture_output=True).stdout.splitlines()
built = {line.split()[-1].split("@")[0] for line in lines if " A " not in line}
listed = re.findall(r"^\t([\w*]+);$", pathlib.Path(sym).read_text(), re.M)
listed.remove("*")
declared = set()
for header in headers:
    text = re.sub(r"/\*.*?\*/", "", pathlib.Path(header).read_text(), flags=re.S)
    text = re.sub(r"#define (?:[^\n]*\\\n)*[^\n]*", "", text)
    text = re.sub(r"__attribute__\(\(.*?\)\)|DECLSPEC_NORETURN", "", text)
    text = re.sub(r"(?:FORCEINLINE|static inline)[^{;]*\{.*?\n\}", "", text, flags=re.S)
    text = re.sub(r"typedef [^;{]*(?:\{[^}]*\})?[^;]*;", "", text)
    declared |= set(re.findall(r"(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;", text))
declared -= {"DEFINE_GUID", "WinMain", "wWinMain"}

failed = False
for what, names in (
        ("listed, not exported", {n for n in listed if not fnmatch.filter(built, n)}),
        ("exported, not listed", {n for n in built if not any(fnmatch.fnmatchcase(n, p) for p in listed)}),
        ("declared, not exported", declared - built),
        ("exported, not declared", built - declared)):
    for name in sorted(names):
        print(f"{what}: {name}")
        failed = True
if not built or not declared:
    sys.exit("nothing to compare")
sys.exit(failed)
