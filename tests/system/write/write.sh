#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# write.sh SYSTEM: a program in SYSTEM copies a tree to another directory of its ext2 disk. On the host, debugfs finds
# every byte and mode in the image, and e2fsck finds no fault.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh

mkdir -p "$work/root/bin" "$work/root/tmp"
build/web/mktree "$work/root/tree" 120 40
mkdir -p "$work/root/tree/modes"
for mode in 000 400 640 755 4755 2750 1777; do
	echo "$mode" >"$work/root/tree/modes/$mode"
	chmod "$mode" "$work/root/tree/modes/$mode"
done
ln -s ../a "$work/root/tree/modes/short"
ln -s "$(printf 'long%.0s' $(seq 100))" "$work/root/tree/modes/long"
cp build/linux/copytree "$work/root/bin/"
chown -R 0:0 "$work/root"
for block in 1024 4096; do
	image=$work/$block.img
	mke2fs -q -F -t ext2 -b $block -d "$work/root" "$image" 160M >/dev/null
	timeout -k 5 290 ./r2c run "${cpus[@]}" --system "$system" --disk "$image" --timeout 280 -- \
		/bin/copytree /tree /copied >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status = 0 ] && pass "copy-$block" || fail "copy-$block" "status $status: $(head -c 300 "$work/out")" "$work/err"
	check "e2fsck-$block" e2fsck -fn "$image"
	check "marked-clean-$block" sh -c 'e2fsck -n "$1" | grep -q ": clean,"' sh "$image"
	rm -rf "$work/dump"
	mkdir "$work/dump"
	debugfs -R "rdump /copied $work/dump" "$image" >/dev/null 2>"$work/debugfs.err"
	check "bytes-$block" diff -r --no-dereference "$work/root/tree" "$work/dump/copied"
	list()
	{
		(cd "$1" && find . -printf '%p %M %l\n' | LC_ALL=C sort)
	}
	# rdump leaves out the sticky bit of a file: modes/ is compared by what debugfs lists.
	list "$work/root/tree" | grep -v modes/1777 >"$work/modes.want"
	list "$work/dump/copied" | grep -v modes/1777 >"$work/modes.got"
	check "modes-$block" diff "$work/modes.want" "$work/modes.got"
	for tree in tree copied; do
		debugfs -R "ls -p /$tree/modes" "$image" 2>/dev/null | awk -F/ 'NF > 5 && $6 !~ /^\.\.?$/ { print $3, $4, $5, $6, $7 }' |
			LC_ALL=C sort >"$work/$tree.modes"
	done
	grep -q '^101777 .* 1777 ' "$work/copied.modes" && check "inodes-$block" diff "$work/tree.modes" "$work/copied.modes" ||
		fail "inodes-$block" "the list has no file of mode 1777" "$work/copied.modes"
done
