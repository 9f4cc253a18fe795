#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A component fails in each way that it can: it is reported with names, its caller gets an error, the rest runs on.
label=reboot
. tests/lib.sh

# failure NAME HOW TEXT...: the log must have each TEXT
failure()
{
	local name=$1 status text missing=
	export HOW=$2
	shift 2
	timeout 120 ./r2c run "${cpus[@]}" --log "$work/log" tests/service/reboot/system/failure.conf \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
	for text; do
		grep -q -- "$text" "$work/log" || missing="$missing '$text'"
	done
	if [ $status != 0 ]; then
		cat "$work/err" >>"$work/log"
		fail "$name" "ended with status $status" "$work/log"
	elif [ "$(cat "$work/out")" != "after the failure" ]; then
		fail "$name" "the console did not work afterwards" "$work/log"
	elif [ -n "$missing" ]; then
		fail "$name" "not in the log:$missing" "$work/log"
	else
		pass "$name"
	fi
}

failure read-null 1 'reboot: faulty: page fault: read from 0x0 (nothing there)' 'faulty_fail+0x' \
	'rax [0-9a-f]\{16\}' 'witness: the rest runs on'
failure divide 2 'reboot: faulty: divide error' 'faulty_fail+0x'
failure panic 3 'panic: faulty: asked to' 'reboot: faulty: invalid opcode' 'from [0-9a-f]*  faulty_fail+0x'
failure write-text 4 'reboot: faulty: page fault: write to 0x[0-9a-f]* (not allowed)'
# A core dump of it, that gdb opens: where it was, with its callers by name, and what it had in its memory.
export HOW=3
timeout 120 ./r2c run "${cpus[@]}" --coredump "$work/core" tests/service/reboot/system/failure.conf >"$work/out" 2>"$work/err" </dev/null
system=$(sed -n 's/^system = "\(.*\)"/\1/p' tests/service/reboot/system/failure.conf)
gdb -batch -ex bt -ex 'info registers rip' -ex 'print large[(6 << 20) - 1]' "build/system/$system/faulty.elf" "$work/core" >"$work/gdb" 2>&1
if grep -q 'r2c: core dump of faulty: gdb build/system/' "$work/err" && grep -q '#0 .*cos_panic' "$work/gdb" &&
	grep -q '#[1-9].* faulty_fail' "$work/gdb" && grep -q "76 'L'" "$work/gdb"; then
	pass core
else
	cat "$work/err" >>"$work/gdb"
	fail core "gdb finds no backtrace, or no memory" "$work/gdb"
fi

failure stack-overflow 5 'reboot: faulty: page fault: .*recurse+0x'
