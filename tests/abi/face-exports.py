#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: face-exports.py LIBRARY SYM LIBC-SYM SOURCE COMPILER ARGUMENT...

What a face exports is what its lists name, and the headers that SOURCE includes declare each of it: under
its own name, or under the one that a redirection gives the symbol for.
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

library, sym, libc_sym, source, *compiler = sys.argv[1:]
lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                       capture_output=True).stdout.splitlines()
built = {line.split()[-1].split("@")[0] for line in lines if " A " not in line}
listed = re.findall(r"^\t([\w*]+);$", pathlib.Path(sym).read_text(encoding="utf-8") +
                    pathlib.Path(libc_sym).read_text(encoding="utf-8"), re.M)
listed.remove("*")
text = subprocess.run([*compiler, "-E", "-P", source], check=True, text=True, capture_output=True,
                      env={**os.environ, "LC_ALL": "C"}).stdout
text = re.sub(r"__attribute__\s*\(\([^)]*\)\)", "", text)
declared = set(re.findall(r"(\w+)\s*\(", text)) | set(re.findall(r"extern[^;(]*\b(\w+);", text))
for name, symbol in re.findall(r"#pragma redefine_extname (\w+) (\w+)", text):
    if name in declared:
        declared.add(symbol)

failed = False
for what, names in (
        ("listed, not exported", {n for n in listed if not fnmatch.filter(built, n)}),
        ("exported, not listed", {n for n in built if not any(fnmatch.fnmatchcase(n, p) for p in listed)}),
        ("exported, not declared", built - declared)):
    for name in sorted(names):
        print(f"{what}: {name}")
        failed = True
if not built:
    sys.exit("nothing to compare")
sys.exit(failed)
