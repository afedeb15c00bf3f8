#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles one source as mingw-w64 would, in some of the languages and standards, and runs what comes out.

usage: run.py SOURCE FOLDER --flags "..." --libraries "..." [--sanitize WHAT]

A matrix by pairs: every source meets gcc and clang, C and C++; all sources together meet each standard with
each compiler. A line "sources: WORDS" in the source says more: run (the program must end with 0),
everywhere (compiled alone, by every compiler in every standard), c (not as C++), c++ (not as C),
wide (its entry is wmain or wWinMain), lacks:NAME (the link fails, and names it), refused:TEXT (so does the
compiler), no-mingw (that is Windows' own headers' alone).
"""
import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys

COMPILERS = {"c": ("gcc", "clang"), "c++": ("g++", "clang++")}
MINGW = {"c": "x86_64-w64-mingw32-gcc", "c++": "x86_64-w64-mingw32-g++"}
STANDARDS = {"c": ("c11", "gnu17", "c2x", "gnu11", "c17", "gnu2x"), "c++": ("c++17", "gnu++20", "c++20", "gnu++17")}

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
languages = [language for language in ("c", "c++") if language in words] or ["c", "c++"]
# Sources take the columns of the matrix in turn.
turn = sorted(os.listdir(os.path.dirname(options.source))).index(os.path.basename(options.source))
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
    if "everywhere" in words:
        attempt(what, [*command, "-fsyntax-only", options.source])
        return False
    command += [options.source, "-x", "none", "-o", program, *libraries]
    if lacks:
        for name in lacks:
            attempt(what, command, status=1, contains=name)
        return False
    return attempt(what, command)


def cases():
    """Compiler, standard and language of each time that the source is compiled."""
    if "everywhere" in words:
        return [(compiler, standard, language) for language in languages
                for standard in STANDARDS[language] for compiler in COMPILERS[language]]
    found = []
    for which in (0, 1):
        language = languages[(turn + which) % len(languages)]
        standards = STANDARDS[language]
        standard = standards[(turn // len(languages) + which * len(standards) // 2) % len(standards)]
        found.append((COMPILERS[language][which], standard, language))
    return found


def main():
    flags, libraries = shlex.split(options.flags), shlex.split(options.libraries)
    wanted = cases()
    if options.sanitize:
        wanted = [("clang", "gnu17", "c")]
        flags.append("-fsanitize=" + options.sanitize)
    for compiler, standard, language in wanted:
        if not shutil.which(compiler):
            continue
        optimised = "-O2" if compiler.startswith("g") else "-O0"
        if build(compiler, ["-std=" + standard, optimised, *flags, "-x", language], libraries) and "run" in words:
            attempt(f"{compiler} {standard}: run", [program, "one", "t\u00fcwo"])
    language = languages[turn % len(languages)]
    if shutil.which(MINGW[language]) and not options.sanitize and not lacks and "no-mingw" not in words:
        # Its own check of formats knows fewer of Windows' words than Windows.
        build(MINGW[language], ["-O1", "-Wno-format", *(["-municode"] if "wide" in words else []), "-x", language],
              ["-lcfgmgr32", "-lsetupapi", "-lhid", "-lole32", "-lws2_32"])


main()
sys.exit(failed != 0)
