#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes what the manager says of itself a C string: make-introspection.py INTERFACE.xml OUTPUT.h"""
import sys
import xml.etree.ElementTree as ElementTree

DOCTYPE = """<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
"""
STANDARD = """<node>
<interface name="org.freedesktop.DBus.Peer"><method name="Ping"/></interface>
<interface name="org.freedesktop.DBus.Introspectable">
<method name="Introspect"><arg name="xml_data" type="s" direction="out"/></method>
</interface>
<interface name="org.freedesktop.DBus.Properties">
<method name="Get"><arg name="interface_name" type="s" direction="in"/><arg name="property_name" type="s"
direction="in"/><arg name="value" type="v" direction="out"/></method>
<method name="GetAll"><arg name="interface_name" type="s" direction="in"/><arg name="props" type="a{sv}"
direction="out"/></method>
</interface>
</node>"""


def main():
    node = ElementTree.fromstring(STANDARD)
    described = ElementTree.parse(sys.argv[1]).getroot()
    # The others are what a device's owner serves.
    node.append(described.find("interface[@name='org.pnpnotify.Manager1']"))
    ElementTree.indent(node, " ")
    text = DOCTYPE + ElementTree.tostring(node, encoding="unicode") + "\n"
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n")
        out.write("/* Made by data/make-introspection.py from data/org.pnpnotify.Manager1.xml. */\n")
        out.write("static const char introspection[] =\n")
        for line in text.splitlines():
            quoted = line.replace("\\", "\\\\").replace('"', '\\"')
            out.write(f'\t"{quoted}\\n"\n')
        out.write("\t;\n")


main()
