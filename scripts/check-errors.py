#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/errors.md has each errno that a public header names or a face turns into a code, with that code.

usage: check-errors.py HEADER...
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = ("src/win32/last-error.c", "src/wdm/status.c", "kernel/windows-object.c")

rows = {}
for line in (ROOT / "docs/errors.md").read_text(encoding="utf-8").splitlines():
    cells = line.split("|")
    for name in re.findall(r"`(E[A-Z0-9]+)`", cells[1]) if len(cells) == 6 else []:
        rows[name] = line
bad = []
for path in TABLES:
    for name, code in re.findall(r"\{-?(E[A-Z0-9]+), (\w+)\}", (ROOT / path).read_text(encoding="utf-8")):
        if f"`{code}`" not in rows.get(name, ""):
            bad.append(f"{path}: {name} is {code}")
for path in sys.argv[1:]:
    text = pathlib.Path(path).read_text(encoding="utf-8")
    bad += [f"{path}: {name}" for name in sorted(set(re.findall(r"-(E[A-Z0-9]{2,})\b", text))) if name not in rows]
print("\n".join(bad) or f"{len(rows)} errors")
sys.exit(1 if bad else 0)
