#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bad.sh SYSTEM: a damaged disk gives an error that names the fault, and neither a crash nor a hang.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh

busybox=$(command -v busybox)
mkdir -p "$work/root/bin" "$work/root/tmp" "$work/root/d"
cp "$busybox" "$work/root/bin/busybox"
seq 1 100000 >"$work/root/d/file"
seq 1 100000 >"$work/root/other"
fresh()
{
	mke2fs -q -F -t ext2 -b 1024 -d "$work/root" "$work/disk.img" 32M >/dev/null
}
run()
{
	timeout -k 5 130 ./r2c run "${cpus[@]}" --system "$system" --disk "$work/disk.img" --timeout 120 -- "$@" \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
}
# expect NAME STATUS-PATTERN TEXT: of the last run
expect()
{
	if [[ ! $status =~ ^($2)$ ]]; then
		fail "$1" "status $status, not $2" "$work/err"
	elif ! cat "$work/out" "$work/err" | grep -aqi -- "$3"; then
		fail "$1" "does not say '$3'" "$work/err"
	else
		pass "$1"
	fi
}

fresh
run /bin/busybox cat /other
expect sound 0 99999
fresh
dd if=/dev/zero of="$work/disk.img" bs=1024 seek=1 count=1 conv=notrunc status=none
run /bin/busybox cat /other
expect superblock-zero 125 'ext2'
fresh
printf '\377\377\377\377' | dd of="$work/disk.img" bs=1 seek=$((1024 + 24)) conv=notrunc status=none
run /bin/busybox cat /other
expect superblock-block-size 125 'block size'
fresh
block=$(debugfs -R 'blocks /d' "$work/disk.img" 2>/dev/null | awk '{ print $1 }')
printf '\003\000\377' | dd of="$work/disk.img" bs=1 seek=$((block * 1024 + 4)) conv=notrunc status=none
run /bin/busybox ls /d
expect directory '[1-9]' 'error'
run /bin/busybox cat /other
expect directory-others-readable 0 99999
fresh
debugfs -w -R 'set_inode_field /d/file block[2] 4000000000' "$work/disk.img" >/dev/null 2>&1
run /bin/busybox cat /d/file
expect inode-block '[1-9]' 'error'
fresh
debugfs -w -R 'set_inode_field /d/file mode 0' "$work/disk.img" >/dev/null 2>&1
run /bin/busybox cat /d/file
expect inode-mode '[1-9]' 'file'
