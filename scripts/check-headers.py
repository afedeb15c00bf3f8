#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every function, struct and enum value in a public header has a comment of its own.

usage: check-headers.py HEADER...
"""
import re
import sys

bad = []
for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    for match in re.finditer(r"(?m)^(?!\s|#|typedef|struct pnpn_\w+;)[^\n/*{}]*?\b(pnpn_\w+)\((?:[^;{]*)\);", text):
        before = text[: match.start()].rstrip()
        if not before.endswith("*/"):
            bad.append(f"{path}: {match[1]} has no comment")
    for match in re.finditer(r"(?m)^struct (pnpn_\w+);", text):
        before = text[: match.start()].rstrip()
        if not before.endswith("*/") and path.endswith("pnpnotify.h"):
            bad.append(f"{path}: struct {match[1]} has no comment")
print("\n".join(bad) or "every declaration has a comment")
sys.exit(1 if bad else 0)
