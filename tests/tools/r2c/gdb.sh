#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# gdb.sh: gdb on a system from its start, isolated and fused: breakpoints in one component and in the kernel, with
# source lines, and the callers through invocations.
set -u
cd "$(dirname "$0")/../../.." || exit 1
label=tools/r2c/gdb
. tests/lib.sh

# debug SYSTEM COMMAND...: gdb's commands on a run of it, to $work/gdb
debug()
{
	local system=$1 port deadline=$((SECONDS + 60)) words=() word
	shift
	port=$(port_free)
	rm -f "$work/system.err"
	for word; do
		words+=(-ex "$word")
	done
	system_start --gdb "$port" --timeout 400 --system "system/$system.conf" -- busybox echo hello
	until grep -qs 'waiting for a debugger: gdb -x' "$work/system.err" || [ $SECONDS -gt $deadline ]; do
		sleep 0.1
	done
	timeout 200 gdb -batch -nx -x "build/system/$system/gdb" "${words[@]}" >"$work/gdb" 2>&1
}

# expect NAME PATTERN...: what gdb said has lines of these, in that order
expect()
{
	local name=$1 pattern at=0 found
	shift
	for pattern; do
		found=$(awk -v at="$at" -v p="$pattern" 'NR > at && $0 ~ p { print NR; exit }' "$work/gdb")
		if [ -z "$found" ]; then
			fail "$name" "no '$pattern' after line $at" "$work/gdb"
			return
		fi
		at=$found
	done
	pass "$name"
}

debug run cos-where 'cos-break none:main' 'cos-break storage:no_such' \
	'cos-break console:cos_thread_entry' c 'echo alone\n' cos-where delete 'cos-break storage:storage_syscall' c cos-where bt \
	'echo through\n' cos-bt delete 'cos-break posix:sys_write' c cos-where bt delete 'hbreak trap_operation' c bt delete c
expect start 'before any thread runs'
expect unknown-component 'expected COMPONENT:FUNCTION.* storage'
expect unknown-function 'storage has no function no_such'
# Text begins there in boot, too, which runs first.
expect alone '^alone' 'in console, domain console'
expect isolated 'core 0, thread [0-9]+, in storage, domain storage' '^#0 .*storage_syscall .*storage.c:[0-9]+$' \
	'^#1 .*__cos_entry_storage_syscall' '^through'
expect invocations '^through' '^#0 .*storage_syscall' 'called by invocation from posix' 'mounts_begin.*posix/init/mounts.c:[0-9]+'
expect another 'in posix, domain posix' '^#0 .*sys_write .*posix/file/io.c:[0-9]+$'
expect kernel '^#0 .*trap_operation .*kernel/x86_64/' '^#1 .*kernel/x86_64/entry.S:[0-9]+$'
system_stop INT 60
grep -q '^hello$' "$work/system.out" && pass runs-on || fail runs-on "the program did not run to its end" "$work/system.err"

debug run-fused 'cos-break storage:storage_syscall' c cos-where bt
expect fused 'in posix, domain posix' '^#0 .*storage_syscall .*storage.c:[0-9]+$' '^#[0-9]+ .*mounts_begin .*posix/init/mounts.c:[0-9]+$'
system_stop INT 60
