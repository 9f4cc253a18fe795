#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# share.sh PROGRAM CORES...: tests/service/sched/system/share.conf on machines with so many cores, on which
# instructions are time.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/lib.sh
program=$1
shift
mkdir "$work/root"
cp "$program" "$work/root/share"
ln "$work/root/share" "$work/root/other"
mke2fs -q -F -t ext2 -b 4096 -d "$work/root" "$work/disk" 8M >/dev/null
for cores; do
	label=share-$cores
	timeout 280 ./r2c run --icount --cpus "$cores" --log "$work/log" --disk "$work/disk" \
		tests/service/sched/system/share.conf >"$work/out" 2>&1 </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log" "$work/out"
	cat "$work/log" "$work/out" | grep -aE '^(PASS|FAIL) ' >"$work/results"
	sed "s|^\([A-Z]*\) |\1 $label/|" "$work/results"
	if [ $status = 0 ] && [ "$(wc -l <"$work/results")" = 3 ]; then
		pass 'to the end'
	else
		fail 'to the end' "ended with status $status" "$work/log"
		tail -n 20 "$work/out" | sed 's/^/  | /'
	fi
done
