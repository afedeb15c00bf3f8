#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles one source as mingw-w64 would, with each compiler, language and standard, and runs what comes out.

usage: run.py SOURCE FOLDER --flags "..." --libraries "..." [--sanitize WHAT]

A line "sources: WORDS" in the source says more: run (the program must end with 0), compile-only (it can't
be linked), c (not as C++), c++ (not as C), gcc (not with clang), wide (its entry is wmain or wWinMain),
strict (without GNU extensions as well), no-wine (Wine's C library is older than the documentation),
lacks:NAME (the link fails, and names it), refused:TEXT (so does the compiler),
no-mingw (that is Windows' own headers' alone).
"""
import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys

C = [("gcc", "-std=gnu17"), ("gcc", "-std=gnu2x"), ("clang", "-std=gnu17"), ("clang", "-std=gnu11")]
CPP = [("g++", "-std=gnu++17"), ("g++", "-std=gnu++20"), ("clang++", "-std=gnu++17"), ("clang++", "-std=gnu++20")]

options = argparse.ArgumentParser()
options.add_argument("source")
options.add_argument("folder")
options.add_argument("--flags", required=True)
options.add_argument("--libraries", required=True)
options.add_argument("--sanitize", help="clang alone, and its program with this sanitizer")
options = options.parse_args()
text = open(options.source, encoding="utf-8").read()
words = re.search(r"sources: ([^*\n]*)", text)
words = words[1].split() if words else []
lacks = [word.split(":", 1)[1] for word in words if word.startswith(("lacks:", "refused:"))]
os.makedirs(options.folder, exist_ok=True)
program = os.path.join(options.folder, os.path.basename(options.source) + ".out")
failed = 0


def attempt(what, command, status=0, contains=""):
    """Whether a command ends as it should; says so if it does not."""
    global failed
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300,
                          env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL)
    output = done.stdout + done.stderr
    if (done.returncode != 0) != (status != 0) or contains not in output:
        print(f"{what}: ended with {done.returncode}\n{shlex.join(command)}\n{output[-3000:]}")
        failed += 1
        return False
    return True


def build(compiler, flags, libraries):
    what = f"{compiler} {flags[0]}"
    command = [compiler, "-Wall", "-Werror", "-I" + os.path.dirname(options.source), *flags]
    if "compile-only" in words:
        attempt(what, [*command, "-fsyntax-only", options.source])
        return False
    command += [options.source, "-x", "none", "-o", program, *libraries]
    if lacks:
        for name in lacks:
            attempt(what, command, status=1, contains=name)
        return False
    return attempt(what, command)


def main():
    flags, libraries = shlex.split(options.flags), shlex.split(options.libraries)
    cases = ([] if "c++" in words else [(compiler, standard, "c") for compiler, standard in C]) + \
            ([] if "c" in words else [(compiler, standard, "c++") for compiler, standard in CPP])
    if options.sanitize:
        cases = [case for case in cases if case[:2] in (("clang", "-std=gnu17"), ("clang++", "-std=gnu++20"))]
        flags.append("-fsanitize=" + options.sanitize)
    for compiler, standard, language in cases:
        if not shutil.which(compiler) or ("gcc" in words and compiler.startswith("clang")):
            continue
        optimised = "-O2" if compiler.startswith("g") else "-O0"
        if build(compiler, [standard, optimised, *flags, "-x", language], libraries) and "run" in words:
            attempt(f"{compiler} {standard}: run", [program, "one", "t\u00fcwo"])
    for compiler, language in (("x86_64-w64-mingw32-gcc", "c"), ("x86_64-w64-mingw32-g++", "c++")):
        if options.sanitize or "no-mingw" in words or not shutil.which(compiler) or lacks or language in ({"c": "c++", "c++": "c"}[w] for w in words if w in ("c", "c++")):
            continue
        # Its own check of formats knows fewer of Windows' words than Windows.
        build(compiler, ["-O1", "-Wno-format", *(["-municode"] if "wide" in words else []), "-x", language],
              ["-lcfgmgr32", "-lsetupapi", "-lhid", "-lole32", "-lws2_32"])


main()
sys.exit(failed != 0)
