#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the results of `meson test`: one line "passed failed skipped", then a line for each that did not pass.

usage: count-tests.py BUILD testlog.json

A test that ran several times passed if it passed each time.
"""
import json
import sys

build, path = sys.argv[1], sys.argv[2]
runs = {}
with open(path, encoding="utf-8") as log:
    for line in log:
        run = json.loads(line)
        runs.setdefault(run["name"], []).append(run)

failed = {name: [r for r in all_runs if r["result"] not in ("OK", "SKIP")] for name, all_runs in runs.items()}
failed = {name: bad for name, bad in failed.items() if bad}
skipped = [name for name, all_runs in runs.items() if all(r["result"] == "SKIP" for r in all_runs)]
if not runs:
    sys.exit("no test ran")
print(len(runs) - len(failed) - len(skipped), len(failed), len(skipped))
for name, bad in failed.items():
    print(f"FAILED: {build}: {name}: {len(bad)} of {len(runs[name])} runs (see build/check/{build}-tests.log)")
for name in skipped:
    reason = next((l for l in (runs[name][0].get("stderr") or runs[name][0].get("stdout") or "").splitlines() if l), "")
    print(f"skipped: {build}: {name}: {reason}")
