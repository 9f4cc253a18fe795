#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# iso.sh SYSTEM LABEL: SYSTEM as an ISO image boots by BIOS and GRUB, by itself and by r2c run, and runs its program.
set -u
cd "$(dirname "$0")/../.." || exit 1
system=$1
label=$2
. tests/lib.sh

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
# Any machine's way: no option of QEMU's says what to boot but the disc in its drive.
timeout 200 qemu-system-x86_64 -machine q35 -cpu max -m 512 -display none -monitor none -no-reboot \
	-serial "file:$work/log" -serial "file:$work/frames" -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
	-drive "if=none,id=d,format=raw,file=$work/disk.img" -device virtio-blk-pci,drive=d,disable-legacy=on \
	-nic none -cdrom "$work/args.iso" >"$work/qemu.out" 2>&1 </dev/null
status=$?
# (0 << 1) | 1: the system has ended by itself, well.
[ $status = 1 ] && pass ends || fail ends "QEMU's status $status" "$work/log"
grep -aq '<from a CD>' "$work/frames" && pass prints || fail prints "the program's line is missing" "$work/log"
grep -q '^boot: system iso-test is up' "$work/log" && pass log || fail log "not up" "$work/log"

timeout 200 ./r2c run --iso --system "$system" --timeout 180 -- build/linux/args 42 two >"$work/out" 2>"$work/err" </dev/null
status=$?
[ $status = 42 ] && pass status || fail status "$status, not 42" "$work/err"
grep -qx '2 <two>' "$work/out" && pass output || fail output "the program's line is missing" "$work/out"
