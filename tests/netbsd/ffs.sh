#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ffs.sh: NetBSD's fast file system, on an image that makefs made: a tree goes into it, and in a second run out of it to
# an ext2 disk, where debugfs reads it; file(1) and e2fsck find both left clean.
set -u
cd "$(dirname "$0")/../.." || exit 1
label=netbsd-ffs
. tests/lib.sh

mkdir -p "$work"/root/{bin,tmp,ffs} "$work/empty"
build/web/mktree "$work/root/tree" 60 16
cp build/linux/copytree "$work/root/bin/"
touch "$work/empty/a-file"
makefs -t ffs -s 64m -o version=1 "$work/ffs.img" "$work/empty" >/dev/null || fail makefs "no image"
mke2fs -q -F -t ext2 -d "$work/root" "$work/ext2.img" 96M >/dev/null
# go NAME FROM TO
go()
{
	timeout -k 5 290 ./r2c run "${cpus[@]}" --system tests/netbsd/ffs.conf --disk "$work/ext2.img" --disk "$work/ffs.img" \
		--timeout 280 --log "$work/log" -- /bin/copytree "$2" "$3" >"$work/out" 2>"$work/err" </dev/null
	local status=$?
	[ $status = 0 ] && pass "$1" || fail "$1" "status $status: $(head -c 300 "$work/out")" "$work/err"
	grep -q ' clean flag 1,' <(file "$work/ffs.img") && pass "$1-clean" || fail "$1-clean" "$(file "$work/ffs.img")"
}
go write /tree /ffs/copied
grep -q '^NetBSD ' "$work/log" && pass banner || fail banner "not in the log" "$work/log"
go read /ffs/copied /back
check e2fsck e2fsck -fn "$work/ext2.img"
mkdir "$work/dump"
debugfs -R "rdump /back $work/dump" "$work/ext2.img" >/dev/null 2>&1
check bytes diff -r --no-dereference "$work/root/tree" "$work/dump/back"
