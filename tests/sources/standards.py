#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles every source of this folder in each of its languages and in each standard, without a warning.

usage: standards.py --flags "..." SOURCE...

gcc and clang take the standards in turn, each source beginning with another one; nothing is linked or run. Sources that
are to be refused, or are compiled everywhere already, are left out.
"""
import argparse
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys

COMPILERS = {"c": ("gcc", "clang"), "c++": ("g++", "clang++")}
STANDARDS = {"c": ("c11", "gnu11", "c17", "gnu17", "c2x", "gnu2x"), "c++": ("c++17", "gnu++17", "c++20", "gnu++20")}

options = argparse.ArgumentParser()
options.add_argument("--flags", required=True)
options.add_argument("sources", nargs="+")
options = options.parse_args()


def cases():
    for turn, source in enumerate(options.sources):
        with open(source, encoding="utf-8") as file:
            words = re.search(r"sources: ([^*\n]*)", file.read())
        words = words[1].split() if words else []
        if "everywhere" in words or any(word.startswith("refused:") for word in words):
            continue
        for language in [language for language in STANDARDS if language in words] or STANDARDS:
            for number, standard in enumerate(STANDARDS[language]):
                compiler = COMPILERS[language][(turn + number + number // 2) % 2]
                if shutil.which(compiler):
                    yield [compiler, "-std=" + standard, "-Wall", "-Werror", "-fsyntax-only",
                           *shlex.split(options.flags), "-x", language, source]


def attempt(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        print(f"{shlex.join(command)}\n{done.stderr[-2000:]}")
    return done.returncode == 0


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    results = list(pool.map(attempt, cases()))
print(f"{len(results)} compiled, {results.count(False)} not as they should")
sys.exit(not results or not all(results))
