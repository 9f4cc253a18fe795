#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""screen.py text|none FONT BASE QEMU-OPTION...: boot a system that stays up, with a screen (QEMU's -vga std). text: wait until
the picture of the screen is what the log on the serial line says, drawn with the font, pixel by pixel. none: there is
no framebuffer, and the log says so."""
import json
import os
import socket
import subprocess
import sys
import time

LIMIT_S = 200
LIGHT = b"\xaa\xaa\xaa"


def picture_read(path):
    """A PPM: width, height, bytes."""
    data = open(path, "rb").read()
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while not chr(data[end]).isspace():
            end += 1
        fields.append(data[at:end])
        at = end + 1
    assert fields[0] == b"P6" and fields[3] == b"255", fields
    return int(fields[1]), int(fields[2]), data[at:]


def picture_draw(width, height, lines, psf):
    """What the screen should be: the last lines that fit, from the top."""
    glyph_height = psf[3]
    columns, rows = width // 8, height // glyph_height
    wrapped = []
    for line in lines:
        wrapped += [line[i : i + columns] for i in range(0, max(len(line), 1), columns)]
    # The cursor's line, below the last one, is empty.
    shown = wrapped[-(rows - 1) :]
    out = bytearray(width * height * 3)
    for row, line in enumerate(shown):
        for column, c in enumerate(line):
            glyph = 4 + (c if 0x20 <= c < 0x7F else 0x3F) * glyph_height
            for y in range(glyph_height):
                bits = psf[glyph + y]
                at = ((row * glyph_height + y) * width + column * 8) * 3
                for x in range(8):
                    if bits & 0x80 >> x:
                        out[at + x * 3 : at + x * 3 + 3] = LIGHT
    return bytes(out)


class Monitor:
    def __init__(self, path, alive):
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                alive()
                time.sleep(0.1)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer or "error" in answer:
                assert "return" in answer, answer
                return


def log_lines(path):
    """The system's, without what firmware and GRUB wrote before."""
    try:
        data = open(path, "rb").read().replace(b"\r", b"")
    except FileNotFoundError:
        return []
    start = data.find(b"kernel: ")
    return data[start:].split(b"\n")[:-1] if start >= 0 else []


def main():
    want, font, base = sys.argv[1:4]
    psf = open(font, "rb").read()
    log, monitor_path, picture = base + ".log", base + ".qmp", base + ".ppm"
    qemu = subprocess.Popen(
        ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-smp", "2", "-m", "256", "-display", "none", "-vga", "std",
         "-nic", "none", "-no-reboot", "-serial", "file:" + log, "-serial", "null",
         "-qmp", "unix:" + monitor_path + ",server=on,wait=off"] + sys.argv[4:],
        stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + LIMIT_S

    def alive():
        if qemu.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("QEMU's status %s; the log: %s" % (qemu.returncode, log_lines(log)))

    try:
        monitor = Monitor(monitor_path, alive)
        while not any(line.startswith(b"boot: system screen is up") for line in log_lines(log)):
            alive()
            time.sleep(0.2)
        if want == "none":
            lines = log_lines(log)
            assert any(line.startswith(b"framebuffer: the boot loader gave none") for line in lines), lines
            return
        while True:
            lines = log_lines(log)
            monitor.command("screendump", filename=os.path.abspath(picture))
            width, height, pixels = picture_read(picture)
            if lines == log_lines(log) and pixels == picture_draw(width, height, lines, psf):
                break
            alive()
            time.sleep(0.5)
        # The line that names the mode is of this mode.
        assert any(b"framebuffer: %dx%d," % (width, height) in line for line in lines), lines
    finally:
        if qemu.poll() is None:
            qemu.kill()
        qemu.wait()


main()
