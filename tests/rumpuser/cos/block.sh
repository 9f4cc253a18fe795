#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# block.sh COMPOSITION LABEL: a client of the component disk reads a virtio disk with partitions and writes to them;
# the data written is in the right place, and nothing else has changed.
label=$2
. tests/lib.sh
PATH=$PATH:/sbin:/usr/sbin

export DISK=$work/disk.img
seq 0 4095 | awk '{ printf "%-512s", "sector " $1 "\n" }' >"$DISK"
sfdisk -q --no-reread --no-tell-kernel --wipe never "$DISK" <<END
label: dos
start=64,size=1024,type=83
start=2048,size=1024,type=5
start=2100,size=500,type=83
END
# What will be there: the same, with every fourth sector of the partitions written.
cp "$DISK" "$work/wanted.img"
written()
{
	for i in $(seq 0 31); do
		{ printf '%s\n\0' "$1 $i"; head -c 512 /dev/zero | tr '\0' .; } | head -c 512 |
			dd of="$work/wanted.img" bs=512 seek=$(($2 + 4 * i)) conv=notrunc status=none
	done
}
written FIRST 64
written LOGICAL 2100
head -c 1M /dev/zero >"$work/other.img"

timeout 200 ./r2c run "${cpus[@]}" --log "$work/log" \
	--qemu-option -drive --qemu-option "if=none,id=other,format=raw,readonly=on,file=$work/other.img" \
	--qemu-option -device --qemu-option virtio-blk-pci,drive=other,disable-legacy=on \
	"$1" >"$work/out" 2>"$work/err" </dev/null
status=$?
cat "$work/err" >>"$work/log"
if [ $status = 0 ] && grep -q 'block: 0 failures' "$work/log"; then
	pass client
else
	fail client "ended with status $status" "$work/log"
fi
if cmp "$DISK" "$work/wanted.img" >"$work/cmp" 2>&1; then
	pass image
else
	fail image "the disk is not what it should be" "$work/cmp"
fi
