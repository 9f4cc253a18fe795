#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# framebuffer.sh: the log is to be read on the screen, started by GRUB on a BIOS and on UEFI; and without a framebuffer
# there is a line that says so, and the system.
set -u
cd "$(dirname "$0")/../../.." || exit 1
label=framebuffer
. tests/lib.sh

./r2c build --iso -o "$work/screen.iso" tests/service/framebuffer/system/screen.conf >"$work/build.out" 2>&1 &&
	./r2c build -o "$work/screen.elf" tests/service/framebuffer/system/screen.conf >"$work/build.out" 2>&1 &&
	pass build || fail build "no image" "$work/build.out"

# screen NAME text|none QEMU-OPTION...
screen()
{
	local name=$1
	check "$name" timeout 250 tests/service/framebuffer/system/screen.py "$2" build/framebuffer/font.psf "$work/$name" "${@:3}"
}
screen bios text -cdrom "$work/screen.iso"
screen uefi text -bios /usr/share/ovmf/OVMF.fd -cdrom "$work/screen.iso"
screen pvh none -kernel "$work/screen.elf"
