#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every file that docs/architecture.md names exists, and every folder of src has its line there; in the folders
of its table of imports units import each other in no circle but for the pairs that stand there."""
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


def imports(folder):
    """Which of the folder's units each of them imports; tests are none."""
    files = [path for path in folder.glob("*.[ch]") if not path.name.startswith("test-")]
    units = {path.stem: set() for path in files}
    for path in files:
        for other in re.findall(r'^#include "(?:%s/)?([\w-]+)\.h"' % folder.name, path.read_text(encoding="utf-8"), re.M):
            if other in units and other != path.stem:
                units[path.stem].add(other)
    return units


def reachable(units, start):
    found, more = set(), [start]
    while more:
        for other in units[more.pop()] - found:
            found.add(other)
            more.append(other)
    return found


def circles(folder, pairs):
    """What is in a circle once one half of each pair that is allowed imports the other no more."""
    units = imports(folder)
    for one, other in pairs:
        if other not in units.get(one, ()) or one not in units.get(other, ()):
            yield f"{folder.name}: {one} and {other} import each other no more"
        else:
            units[other].discard(one)
    inside = [name for name in sorted(units) if name in reachable(units, name)]
    if inside:
        yield f"{folder.name}: these import each other in a circle: {', '.join(inside)}"


SECTION = re.search(r"^## Imports$(.*?)^## ", TEXT, re.M | re.S).group(1)
for name, cell in re.findall(r"^\| `([\w/]+)` \|(.*)\|$", SECTION, re.M):
    bad += circles(ROOT / name, re.findall(r"`([\w-]+)` and `([\w-]+)`", cell))
print("\n".join(bad) or "every file and folder is there")
sys.exit(1 if bad else 0)
