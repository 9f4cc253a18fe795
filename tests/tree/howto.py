#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""howto.py DOCUMENT TREE: make in TREE the edits that DOCUMENT shows. Each is a block of code below a line

<!-- file: PATH -->            the block is the file
<!-- append: PATH -->          the block is added to the file's end
<!-- replace: PATH: LINE -->   the block takes the place of LINE, which must be there once (white space around it does not count)
<!-- after: PATH: LINE -->     the block follows LINE
"""
import os
import re
import sys

MARKER = re.compile(r"<!-- (file|append|replace|after): ([^:\s]+)(?:: (.*))? -->$")


def edits(document):
    """Yield (kind, path, line, block)."""
    marker = None
    lines = iter(open(document).read().split("\n"))
    for line in lines:
        found = MARKER.match(line)
        if found:
            marker = found.groups()
        elif line.startswith("```") and marker:
            block = []
            for line in lines:
                if line == "```":
                    break
                block.append(line)
            yield marker + ("\n".join(block) + "\n",)
            marker = None
        elif line and marker:
            sys.exit(f"{document}: no block of code below <!-- {marker[0]}: {marker[1]} -->")


def edit(tree, kind, path, line, block):
    name = os.path.join(tree, path)
    if kind == "file":
        if os.path.exists(name):
            sys.exit(f"{path} is there already")
        os.makedirs(os.path.dirname(name), exist_ok=True)
        open(name, "w").write(block)
        return
    text = open(name).read().split("\n")
    if kind == "append":
        text = text[:-1] + block.split("\n")
    else:
        at = [i for i, t in enumerate(text) if t.strip() == line]
        if len(at) != 1:
            sys.exit(f"{path}: '{line}' is there {len(at)} times, expected once")
        text[at[0] + (kind == "after") : at[0] + 1] = block.split("\n")[:-1]
    open(name, "w").write("\n".join(text))


count = 0
for each in edits(sys.argv[1]):
    edit(sys.argv[2], *each)
    count += 1
if count < 8:
    sys.exit(f"only {count} edits were found")
