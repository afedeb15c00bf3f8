#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every function, struct, member, enum and enum value in a public header has a comment of its own, and a
function's answers six questions: what for, who owns what, may it block, which threads, which errors, which
clause. Where a number is an amount, its name or a comment says of what: bytes, or which part of a second. What
holds for a whole header stands in its first comment.

usage: check-headers.py HEADER...
"""
import re
import sys

CLAUSE = re.compile(r"\b[RKUDEVLF]\d+\b")
FUNCTION = re.compile(r"(?m)^(?!\s|#|typedef)(?P<type>[a-z][^\n;={}()]*?[\s*])(?P<name>\w+)\((?P<parameters>[^;{]*)\)"
                      r"(?:\s*__\w+\(\([^;]*\)\))*;")
# What a number of such a name counts, and the words of which one tells that.
UNITS = ((re.compile(r"(size|bytes|backlog|lag)$"), re.compile(r"(?i)bytes|[KM]iB")),
         (re.compile(r"(time|timeout|usec|_ms)$"), re.compile(r"(?i)_ms\b|seconds|\bms\b")))
bad = []


def comment_before(text, place):
    """One on lines of its own: what stands behind a member is that member's."""
    found = re.search(r"(?ms)^[ \t]*(/\*(?:(?!\*/).)*\*/)\s*\Z", text[:place])
    return found[1] if found else ""


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


def without_unit(name, text):
    """Whether it is an amount of something that nobody names."""
    return any(amount.search(name) and not unit.search(f"{name} {text}") for amount, unit in UNITS)


def parameters_of(function):
    text = re.sub(r"/\*.*?\*/", "", function["parameters"])
    return re.findall(r"(?:int|long|size_t|u?int\d+_t|u\d+|s\d+)\s+(?:\*\s*)?(\w+)\s*(?:,|$)", text)


def check_members(path, text, first):
    """Each is told of behind it, before it, or as @name before the structure."""
    for structure in re.finditer(r"(?ms)^struct (\w+) \{\n(.*?)^\}", text):
        before, body = comment_before(text, structure.start()), structure[2]
        for member in re.finditer(r"(?m)^\t([^\s/*][^;\n]*?)(\w+)(?:\[[^\]]*\])?;([^\n]*)$", body):
            told = re.findall(rf"@{member[2]}:.*", before) + [member[3], comment_before(body, member.start())]
            if not any(told):
                bad.append(f"{path}: {structure[1]}.{member[2]} has no comment")
            if "*" not in member[1] and without_unit(member[2], " ".join([*told, first])):
                bad.append(f"{path}: {structure[1]}.{member[2]}: of what")


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
        amounts = [*parameters_of(function), *([function["name"]] if re.search(r"\d_t|size_t", function["type"]) else [])]
        bad.extend(f"{path}: {function['name']}(): {name}: of what" for name in amounts
                   if without_unit(name, first + comment))
    check_members(path, text, first)
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
