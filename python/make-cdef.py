#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes of the C headers what cffi reads: make-cdef.py OUTPUT HEADER... So that nothing is declared twice."""
import pathlib
import re
import sys

text = "\n".join(pathlib.Path(header).read_text(encoding="utf-8") for header in sys.argv[2:])
text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
text = re.sub(r"#ifdef __cplusplus\n.*?#endif\n", "", text, flags=re.S)
# Of the preprocessor's lines those that cffi knows: numbers with a name.
lines = [line for line in text.splitlines() if line.strip() and (line[0] != "#" or re.match(r"#define \w+\s+\d+$", line))]
pathlib.Path(sys.argv[1]).write_text(
    '# SPDX-License-Identifier: MIT\n"""Made of pnpnotify.h."""\nDECLARATIONS = """\n' + "\n".join(lines) + '\n"""\n',
    encoding="utf-8")
