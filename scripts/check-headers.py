#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every function, struct, enum and enum value in a public header has a comment of its own, and a
function's answers six questions: what for, who owns what, may it block, which threads, which errors, which
clause. What holds for a whole header stands in its first comment.

usage: check-headers.py HEADER...
"""
import re
import sys

CLAUSE = re.compile(r"\b[RKUDEVLF]\d+\b")
FUNCTION = re.compile(r"(?m)^(?!\s|#|typedef)(?P<type>[a-z][^\n;={}()]*?[\s*])(?P<name>\w+)\((?P<parameters>[^;{]*)\)"
                      r"(?:\s*__\w+\(\([^;]*\)\))*;")
bad = []


def comment_before(text, place):
    before = text[:place].rstrip()
    return before[before.rindex("/*"):] if before.endswith("*/") else ""


def questions(first, function, comment):
    """What the comment leaves open."""
    of_type, like_another = function["type"].strip(), re.search(r"(?i)\bas pnpn_\w+\(\)", comment)
    parameters = re.sub(r"/\*.*?\*/", "", function["parameters"])
    for result in re.findall(r"\*\*(ret_\w+)", parameters):
        if not like_another and not re.search(rf"@{result}:.*(own|free|valid)", comment, re.DOTALL):
            yield f"who owns {result}"
    if "*" in of_type and not like_another and not re.search(r"(?i)returns|own|valid|NULL|lives", first + comment):
        yield "who owns what it returns"
    if of_type.endswith("int") and not like_another and not re.search(r"(?i)returns?\b|-E[A-Z]+", comment):
        yield "which errors: Returns ..."
    for question, word in (("may it block", r"(?i)block|asks the manager|sleep|context"), ("which threads", r"(?i)thread|context|callback"),
                           ("which clause", r"contract|" + CLAUSE.pattern)):
        if not re.search(word, first + comment):
            yield question


def check(path):
    text = open(path, encoding="utf-8").read()
    first = re.findall(r"(?s)/\*.*?\*/", text)[1]  # after the licence
    functions = list(FUNCTION.finditer(text))
    for function in functions:
        comment = comment_before(text, function.start())
        if not comment:
            bad.append(f"{path}: {function['name']}() has no comment")
        bad.extend(f"{path}: {function['name']}(): {what}" for what in questions(first, function, comment)
                   if comment)
    for match in re.finditer(r"(?m)^(?:struct|enum) (\w+)(?:;| \{)", text):
        if not comment_before(text, match.start()):
            bad.append(f"{path}: {match[1]} has no comment")
    for match in re.finditer(r"(?ms)^enum \w+ \{(.*?)^\};", text):
        for value in re.finditer(r"(?m)^\t(\w+)(?: = [^,\n]*)?,([^\n]*)$", match[1]):
            if "/*" not in value[2] and not comment_before(match[1], value.start()):
                bad.append(f"{path}: {value[1]} has no comment")
    return len(functions)


counts = [check(path) for path in sys.argv[1:]]
print("\n".join(bad) or f"{sum(counts)} functions of {len(counts)} headers say what there is to say")
sys.exit(1 if bad else 0)
