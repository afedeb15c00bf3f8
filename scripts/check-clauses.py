#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every rule that code, tests and documents name by its id stands in docs/contract.md."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
KNOWN = set(re.findall(r"^\| ([A-Z]\d+) \|", (ROOT / "docs/contract.md").read_text(encoding="utf-8"), re.M))
# In text "(R9)", "R4, R5", "R1-R5", but not the type U64; in a test's name "r4_", "_r4_".
TEXT = re.compile(r"(?<![\w.\\/#{&-])([RKUDEVLF])(?!64)(\d{1,2})(?![\w.])")
NAME = re.compile(r"(?<![a-z0-9])([rkudevlf])(?!64)(\d{1,2})_")

files = subprocess.run(["git", "ls-files", "src", "include", "kernel", "tests", "docs", "man", "README.md"],
                       cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
bad = []
for name in files:
    if name == "docs/contract.md":
        continue
    for number, line in enumerate((ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        ids = TEXT.findall(line)
        if name.startswith("tests/") and re.search(r"\b(test_|[rkudevlf]\d+_)", line):
            ids += [(letter.upper(), digits) for letter, digits in NAME.findall(line)]
        bad += [f"{name}:{number}: {letter}{digits} is no rule of docs/contract.md" for letter, digits in ids
                if letter + digits not in KNOWN]
print("\n".join(bad) or f"{len(KNOWN)} rules, and no other is named")
sys.exit(1 if bad else 0)
