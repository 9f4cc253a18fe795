#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A component drives a device by I/O ports and its interrupt line.
label=cos-legacy
. tests/lib.sh

timeout 200 ./r2c run "${cpus[@]}" --log "$work/log" \
	--qemu-option -device --qemu-option virtio-rng-pci,disable-legacy=off,disable-modern=on,vectors=0 \
	tests/rumpuser/cos/legacy.conf >"$work/out" 2>"$work/err" </dev/null
status=$?
cat "$work/err" >>"$work/log"
if [ $status = 0 ] && grep -q 'legacy: 0 failures' "$work/log"; then
	pass driver
else
	fail driver "ended with status $status" "$work/log"
fi
