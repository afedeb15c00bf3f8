#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the catalogues' C table: make-catalogue.py EVENTS.tsv CLASSES.tsv OUTPUT.h"""
import sys
import uuid


def read(path):
    """The rows of a table: names and GUIDs, each of which may stand there once."""
    rows, seen = [], set()
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        try:
            name, guid = fields[0], uuid.UUID(fields[1])
        except (IndexError, ValueError):
            sys.exit(f"{path}:{number}: a name, a tab and a GUID were expected")
        if name in seen or guid in seen:
            sys.exit(f"{path}:{number}: {name} or its GUID is there already")
        seen |= {name, guid}
        rows.append((name, guid, fields[2] if len(fields) > 2 else None))
    return rows


def initializer(guid):
    tail = ", ".join(f"0x{byte:02x}" for byte in guid.bytes[8:])
    first, second, third = guid.fields[:3]
    return f"{{0x{first:08x}, 0x{second:04x}, 0x{third:04x}, {{{tail}}}}}"


def write_table(out, name, rows):
    out.write("\nstatic const struct {\n\tconst char *name;\n\tstruct pnpn_guid guid;\n\tconst char *word;\n")
    out.write(f"}} {name}[] __attribute__((unused)) = {{\n")
    for row_name, guid, word in rows:
        quoted = f'"{word}"' if word else "NULL"
        out.write(f'\t{{"{row_name}", {initializer(guid)}, {quoted}}},\n')
    out.write("};\n")


def main():
    events, classes = read(sys.argv[1]), read(sys.argv[2])
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n")
        out.write("/* Made by data/make-catalogue.py from data/events.tsv and data/classes.tsv. */\n")
        out.write("#ifndef PNPN_EVENT_CATALOGUE_H\n#define PNPN_EVENT_CATALOGUE_H\n\n")
        out.write("#include <stddef.h>\n#include <pnpnotify.h>\n")
        write_table(out, "pnpn_event_catalogue", events)
        write_table(out, "pnpn_class_catalogue", classes)
        out.write("\n#endif\n")


main()
