#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""payload.py ELF OUT: make a payload (cos/image.h) of a first component alone, a static ELF executable."""
import struct
import sys

PAGE = 4096
MAGIC = 0x31474D49534F43
PF_X, PF_W = 1, 2


def page_up(n):
    return (n + PAGE - 1) & -PAGE


def main():
    elf = open(sys.argv[1], "rb").read()
    entry, phoff = struct.unpack_from("<QQ", elf, 24)
    phnum = struct.unpack_from("<H", elf, 56)[0]
    loads = []
    for i in range(phnum):
        p = struct.unpack_from("<IIQQQQQQ", elf, phoff + 56 * i)
        if p[0] == 1:
            loads.append(p)
    body, segments = b"", []
    for _, flags, offset, vaddr, _, filesz, memsz, _ in loads:
        assert vaddr % PAGE == 0, "segments must be page-aligned"
        prot = 1 | (2 if flags & PF_W else 0) | (4 if flags & PF_X else 0)
        segments.append((vaddr, page_up(memsz), PAGE + len(body), filesz, prot, 0))
        body += elf[offset : offset + filesz].ljust(page_up(filesz), b"\0")
    header = struct.pack("<QIIQQQ", MAGIC, 2, len(segments), PAGE + len(body), 40, entry)
    for s in segments:
        header += struct.pack("<QQQQII", *s)
    assert len(header) <= PAGE
    open(sys.argv[2], "wb").write(header.ljust(PAGE, b"\0") + body)


main()
