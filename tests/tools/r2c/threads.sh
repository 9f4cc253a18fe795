#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# threads.sh: tools/r2c/debug/gdb/threads.py finds a program that sleeps, from the scheduler up to the program.
set -u
cd "$(dirname "$0")/../../.." || exit 1
label=tools/r2c/threads
. tests/lib.sh

port=$(port_free)
system_start --qemu-option -gdb --qemu-option "tcp:127.0.0.1:$port" --timeout 200 -- busybox sleep 150
deadline=$((SECONDS + 100))
until grep -qs "boot: system run is up" "$work/system.log" || [ $SECONDS -gt $deadline ]; do
	sleep 0.2
done
# The program has a moment until it sleeps: look again if it does not yet.
found=
while [ -z "$found" ] && [ $SECONDS -le $deadline ]; do
	CONF=system/run.conf timeout 60 gdb -batch -ex "target remote 127.0.0.1:$port" -x tools/r2c/debug/gdb/threads.py \
		>"$work/threads" 2>&1
	grep -A 5 '^  program ' "$work/threads" >/dev/null && grep -q 'sys_clock_nanosleep+' "$work/threads" && found=yes
done
[ -n "$found" ] && pass sleeper || fail sleeper "no thread sleeps in posix for a program" "$work/threads"
grep -q '^thread .*, scheduler, ' "$work/threads" && pass scheduler || fail scheduler "not found" "$work/threads"
grep -q '^  network ' "$work/threads" && pass domains || fail domains "no thread is in network" "$work/threads"
system_stop INT 60
