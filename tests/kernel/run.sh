#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh IMAGE [QEMU OPTION...]: boot a kernel image that reports PASS and FAIL lines; succeeds if all passed.
set -u
image=$1
shift
log=$image$(printf %s "$*" | tr -c 'a-z0-9' _).log
timeout 300 qemu-system-x86_64 -M q35 -cpu max -m 256 -display none -vga none -monitor none -nic none \
	-serial "file:$log" -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -device edu \
	"$@" -kernel "$image"
status=$?
tr -d '\r' < "$log"
if ! grep -q '^END 0 failed' "$log" || grep -q '^FAIL' "$log" || [ $status -ne 1 ]; then
	echo "FAIL $image: status $status"
	exit 1
fi
