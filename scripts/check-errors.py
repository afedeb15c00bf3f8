#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/errors.md has each errno that a public header names, a source gives, or a face turns into a code, with that
code; but for those that stay inside, which are listed here with the reason.

usage: check-errors.py HEADER...
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = ("src/win32/last-error.c", "src/wdm/status.c", "kernel/windows-object.c")
# What no application sees, and why.
INSIDE = {
    "EAFNOSUPPORT": "an address that the library leaves to libsystemd",
    "EBADMSG": "ends the connection: then it is ENOTCONN",
    "ECANCELED": "a file's request that was cancelled, on its way to an NTSTATUS",
    "EHOSTUNREACH": "libsystemd's; pnpn_connect() says ENOENT",
    "ENAMETOOLONG": "the manager: such a device is left out; the tool says so in words",
    "ENOMEDIUM": "a drive without a medium, on its way to an NTSTATUS",
    "ENOTSUP": "the driver host and the tool: told in words",
    "EXDEV": "openat2()'s, which the manager asks where a path leads",
    "ENXIO": "libsystemd's; pnpn_connect() says ENOENT",
    "ERESTARTSYS": "Linux makes EINTR of it",
    "ESHUTDOWN": "libsystemd's; a call says ENOTCONN",
}

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
given = {}
for folder in ("src", "kernel"):
    for path in sorted((ROOT / folder).rglob("*.c")):
        if not path.name.startswith("test-"):
            for name in re.findall(r"-(E[A-Z0-9]{2,})\b", path.read_text(encoding="utf-8")):
                given.setdefault(name, path.relative_to(ROOT))
bad += [f"{path}: {name}" for name, path in sorted(given.items()) if name not in rows and name not in INSIDE]
bad += [f"{name} is given no more" for name in INSIDE if name not in given]
bad += [f"{name} is in errors.md, and yet inside" for name in INSIDE if name in rows]
print("\n".join(bad) or f"{len(rows)} errors")
sys.exit(1 if bad else 0)
