#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: guids.py FOLDER INCLUDE EVENTS.tsv CLASSES.tsv

The GUIDs of pnpnotify/events.h and pnpnotify/classes.h in every standard of C and C++ that has them, without a warning:
in an initialiser, by address, by value. And they are those that the command names (L1, L2).
"""
import pathlib
import re
import subprocess
import sys

folder, include, *tables = map(pathlib.Path, sys.argv[1:])
STANDARDS = {"c": ["c99", "c11", "c17", "c2x"], "c++": ["c++11", "c++17", "c++20"]}
COMPILERS = {"c": ["gcc", "clang"], "c++": ["g++", "clang++"]}
PROGRAM = """
#include <stdio.h>
#include <pnpnotify/classes.h>
#include <pnpnotify/events.h>

static const struct {
	const char *name;
	struct pnpn_guid guid;
} kept[] = {
%s
};

static void show(const char *name, const struct pnpn_guid *guid)
{
	const unsigned char *rest = guid->data4;

	printf("%%s %%08x-%%04x-%%04x-%%02x%%02x-%%02x%%02x%%02x%%02x%%02x%%02x\\n", name, (unsigned)guid->data1,
	       (unsigned)guid->data2, (unsigned)guid->data3, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5],
	       rest[6], rest[7]);
}

int main(void)
{
	struct pnpn_guid by_value;
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		show(kept[i].name, &kept[i].guid);
%s
	return 0;
}
"""


def run(language, compiler, standard, names):
    source, program = folder / f"guids.{language}", folder / f"guids-{compiler}-{standard}"
    source.write_text(PROGRAM % ("\n".join(f'\t{{"{name}", {name}_INIT}},' for name in names),
                                 "\n".join(f'\tby_value = {name};\n\tshow("{name}", &by_value);\n\tshow("{name}", &{name});'
                                           for name in names)))
    subprocess.run([compiler, f"-std={standard}", "-x", language, "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                    f"-I{include}", source, "-o", program], check=True)
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    told = dict(line.split() for line in lines)
    assert len(lines) == 3 * len(names) and len(set(lines)) == len(names), lines
    return told


def main():
    texts = [(include / "pnpnotify" / header).read_text(encoding="utf-8") for header in ("events.h", "classes.h")]
    names = [name for text in texts for name in re.findall(r"(?m)^static const struct pnpn_guid (\w+) =", text)]
    assert len(names) > 20, names
    folder.mkdir(parents=True, exist_ok=True)
    for language, standards in STANDARDS.items():
        for compiler in COMPILERS[language]:
            for standard in standards:
                told = run(language, compiler, standard, names)
    rows = [line.split("\t") for table in tables for line in table.read_text(encoding="utf-8").splitlines() if "\t" in line]
    known = {row[1].strip(): row[0] for row in rows}
    unknown = [name for name in names if told[name] not in known and name != "PNPN_SUBSYSTEM_NAMESPACE"]
    assert not unknown, unknown
    for name in (name for name in names if name.startswith("PNPN_CLASS_")):
        assert known[told[name]] == name.removeprefix("PNPN_CLASS_").lower().replace("_", "-"), name
    without = {name for guid, name in known.items() if "_" not in name} - {known[guid] for guid in told.values() if guid in known}
    assert not without, f"classes without a constant: {without}"


main()
