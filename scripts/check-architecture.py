#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every file that docs/architecture.md names exists, and every folder of src has its line there."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAMES = {path.name for folder in ("src", "kernel", "include") for path in (ROOT / folder).rglob("*.[ch]")}

bad = [f"there is no {name}" for name in sorted(set(re.findall(r"`([\w/-]+\.[ch])`", TEXT)))
       if not (ROOT / name).exists() and not (ROOT / "include" / name).exists() and name not in NAMES]
bad += [f"src/{path.name} is not there" for path in sorted((ROOT / "src").iterdir())
        if path.is_dir() and f"| `src/{path.name}` |" not in TEXT]
print("\n".join(bad) or "every file and folder is there")
sys.exit(1 if bad else 0)
