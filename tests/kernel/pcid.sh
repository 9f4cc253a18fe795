#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pcid.sh COMPOSITION: the kernel with PCIDs and INVPCID, which QEMU's emulator does not have. Boots the composition of
# the probe (tests/service/system) in Bochs, as a Skylake-X, and passes on what it reports. Bochs' debugger
# looks at CR4 and CR3 at the first system call.
set -u
cd "$(dirname "$0")/../.." || exit 1
label=kernel/pcid
. tests/lib.sh
limit_s=400

check image ./r2c build --iso -o "$work/system.iso" "$1"
[ -z "$failed" ] || exit 1
entry=$(nm "build/system/$(sed -n 's/^system = "\(.*\)"/\1/p' "$1").elf" | sed -n 's/ T entry_syscall$//p')
# Without VBE, which GRUB does not survive here.
cat >"$work/bochsrc" <<END
cpu: model=corei7_skylake_x, count=1, ips=100000000
memory: guest=256, host=256
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
vga: extension=none
ata0-master: type=cdrom, path=$work/system.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/serial
log: $work/bochs.log
debugger_log: $work/debugger
display_library: term
panic: action=fatal
clock: sync=none
END
printf 'lbreak 0x%s\ncontinue\ncreg\nbpd 1\ncontinue\n' "$entry" >"$work/commands"
# It wants a terminal, and does not end by itself: the machine is reset at the end.
TERM=xterm script -qfc "exec bochs -q -f $work/bochsrc -rc $work/commands" /dev/null >"$work/terminal" 2>&1 </dev/null &
bochs=$!
since=$SECONDS
while kill -0 $bochs 2>/dev/null && [ $((SECONDS - since)) -lt $limit_s ] && ! grep -aqs '^probe: done' "$work/serial"; do
	sleep 1
done
kill $bochs 2>/dev/null
wait $bochs 2>/dev/null
grep -aE '^(PASS|FAIL) ' "$work/serial" | tr -d '\r' | sed "s|^\([A-Z]*\) |\1 $label/|"
grep -aqE '^FAIL ' "$work/serial" && failed=1
grep -aqs '^probe: done' "$work/serial" && pass "to the end" || fail "to the end" "not within $limit_s s" "$work/serial"
grep -aq '^CR4=.* PCID ' "$work/debugger" && pass "PCIDs are on" || fail "PCIDs are on" "CR4 says no" "$work/debugger"
# The low twelve bits (SDM 3A, 4.10.1).
grep -aqE '^CR3=0x[0-9a-f]+([1-9a-f]..|.[1-9a-f].|..[1-9a-f])$' "$work/debugger" && pass "an address space has one" ||
	fail "an address space has one" "CR3 says no" "$work/debugger"
[ -z "$failed" ]
