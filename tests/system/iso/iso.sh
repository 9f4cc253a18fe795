#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# iso.sh SYSTEM: SYSTEM as an ISO image boots by GRUB on a BIOS and on UEFI, in QEMU alone and by r2c run, and runs
# its program.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh
uefi=/usr/share/ovmf/OVMF.fd
cores=${CPUS:-2}

mkdir -p "$work/root/bin" "$work/root/tmp"
cp build/linux/args "$work/root/bin/"
mke2fs -q -F -t ext2 -d "$work/root" "$work/disk.img" 16M >/dev/null
cat "$system" - >"$work/args.conf" <<'END'
program "/bin/args" {
	args = {"args", "42", "from a CD"}
	stdin = "null"
}
END
sed -i 's/^system = .*/system = "iso-test"/' "$work/args.conf"

./r2c build --iso -o "$work/args.iso" "$work/args.conf" >"$work/build.out" 2>&1 &&
	grep -aq 'CD001' "$work/args.iso" && pass build || fail build "no ISO image" "$work/build.out"

# boots NAME QEMU-OPTION...: from the disc in its drive, as any machine: QEMU is not given a kernel
boots()
{
	local name=$1 status
	shift
	cp "$work/disk.img" "$work/$name.img"
	timeout 200 qemu-system-x86_64 -machine q35 -cpu max -smp "$cores,maxcpus=8" -m 512 -display none -monitor none -no-reboot \
		-serial "file:$work/$name.log" -serial "file:$work/$name.frames" -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
		-drive "if=none,id=d,format=raw,file=$work/$name.img" -device virtio-blk-pci,drive=d,disable-legacy=on \
		-nic none -cdrom "$work/args.iso" "$@" >"$work/$name.out" 2>&1 </dev/null
	status=$?
	sed -i 's/\r$//' "$work/$name.log"
	# (0 << 1) | 1, by isa-debug-exit: the system ended with status 0.
	[ $status = 1 ] && pass "$name ends" || fail "$name ends" "QEMU's status $status" "$work/$name.log"
	grep -aq '<from a CD>' "$work/$name.frames" && pass "$name prints" ||
		fail "$name prints" "the program's line is missing" "$work/$name.log"
	grep -aq '^boot: system iso-test is up' "$work/$name.log" && pass "$name log" ||
		fail "$name log" "not up" "$work/$name.log"
	# Both need the tables of ACPI, whose address the boot loader passes on.
	grep -aqE "^boot: $cores cores?\$" "$work/$name.log" && pass "$name cores" ||
		fail "$name cores" "not $cores" "$work/$name.log"
	grep -aq 'no interrupt routing from ACPI' "$work/$name.log" && fail "$name ACPI" "not found" "$work/$name.log" ||
		pass "$name ACPI"
}
boots bios
grep -aq UEFI "$work/bios.log" && fail "firmware" "the BIOS is none" "$work/bios.log"
boots uefi -bios "$uefi"
grep -aq '^BdsDxe: starting .* "UEFI' "$work/uefi.log" && pass firmware || fail firmware "not UEFI" "$work/uefi.log"

timeout 200 ./r2c run "${cpus[@]}" --iso --system "$system" --timeout 180 -- build/linux/args 42 two >"$work/out" 2>"$work/err" </dev/null
status=$?
[ $status = 42 ] && pass status || fail status "$status, not 42" "$work/err"
grep -qx '2 <two>' "$work/out" && pass output || fail output "the program's line is missing" "$work/out"
