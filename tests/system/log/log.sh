#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# log.sh SYSTEM: programs read the system's log as they do on Linux, by syslog(2): dmesg.c, and dmesg of busybox.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh

timeout 200 ./r2c run "${cpus[@]}" --system "$system" --log "$work/log" --timeout 180 -- build/tests/system/log/dmesg >"$work/out" 2>"$work/err" </dev/null
status=$?
[ $status = 0 ] && pass status || fail status "$status, not 0" "$work/err"
sed -i 's/\r$//' "$work/log"
# The program printed a beginning of the log that ends with a whole line.
sed '/^cleared:$/,$d' "$work/out" >"$work/dmesg"
lines=$(wc -l <"$work/dmesg")
head -n "$lines" "$work/log" | cmp - "$work/dmesg" >"$work/cmp" 2>&1 && pass text || fail text "not the log's" "$work/cmp"
grep -qx 'kernel: starting the first component' "$work/dmesg" && grep -q '^boot: [0-9]* core' "$work/dmesg" &&
	pass lines || fail lines "the kernel's or boot's are missing" "$work/out"
sed '1,/^cleared:$/d' "$work/out" | grep -q '^kernel: ' && fail cleared "still there" "$work/out" || pass cleared

mkdir -p "$work/root/bin" "$work/root/tmp"
cp "$(command -v busybox)" "$work/root/bin/busybox"
timeout 200 ./r2c run "${cpus[@]}" --system "$system" --root "$work/root" --timeout 180 -- /bin/busybox dmesg >"$work/out" 2>"$work/err" </dev/null
grep -qx 'kernel: starting the first component' "$work/out" && pass busybox || fail busybox "no log" "$work/err"
