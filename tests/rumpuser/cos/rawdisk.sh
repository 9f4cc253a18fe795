#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A client of storage reads a virtio disk and writes to it; the data that it wrote is in the image.
label=cos-rawdisk
. tests/lib.sh

export DISK=$work/disk.img
seq 0 4095 | awk '{ printf "%-512s", "sector " $1 "\n" }' >"$DISK"
timeout 200 ./r2c run "${cpus[@]}" --log "$work/log" tests/rumpuser/cos/rawdisk.conf >"$work/out" 2>"$work/err" </dev/null
status=$?
cat "$work/err" >>"$work/log"
if [ $status = 0 ]; then
	pass read
else
	fail read "ended with status $status" "$work/log"
fi
if [ "$(grep -ao 'SECTOR [0-9]*' "$DISK" | wc -l)" = 256 ]; then
	pass write
else
	fail write "not 256 sectors are written" "$work/log"
fi
