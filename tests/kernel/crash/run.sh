#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh IMAGE: a kernel that fails (hook.c) prints where, whatever is broken, stops the other cores, and ends the
# machine with a status of its own. A machine check is such a failure. A serial line that is busy is none.
set -u
image=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
panic=249 # of isa-debug-exit for COS_HALT_PANIC

# tell COMMAND: to QEMU's monitor, when the cores compute
tell()
{
	[ -n "$1" ] || return
	for ((i = 0; i < 1200; i++)); do
		grep -qs '^computing' "$work/raw" && break
		sleep 0.1
	done
	echo "$1"
}

# crash NAME CORES CRASH CORE PATTERN...: the log must have one panic, and lines of these patterns in that order
# (! PATTERN: no such line). ends= is the machine's status, monitor= a command of QEMU's monitor.
crash()
{
	local name=$1 cores=$2 how=$3 core=$4 status pattern at=0 found
	shift 4
	: >"$work/raw"
	tell "${monitor-}" | timeout 120 qemu-system-x86_64 -M q35 -cpu max -m 256 -display none -vga none -nic none \
		-monitor stdio -serial "file:$work/raw" -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-smp "$cores" -append "crash=$how core=$core" -kernel "$image" >"$work/monitor"
	status=$?
	tr -d '\r' <"$work/raw" >"$work/log"
	for pattern; do
		if [ "${pattern#! }" != "$pattern" ]; then
			grep -qE -- "${pattern#! }" "$work/log" && found=no || found=yes
		else
			found=$(awk -v at="$at" -v p="$pattern" 'NR > at && $0 ~ p { print NR; exit }' "$work/log")
			at=${found:-$at}
		fi
		if [ -z "$found" ] || [ "$found" = no ]; then
			echo "FAIL $name: '$pattern' (after line $at)"
			sed 's/^/  | /' "$work/log"
			return
		fi
	done
	if [ $status -ne "${ends:-$panic}" ]; then
		echo "FAIL $name: status $status, not ${ends:-$panic}"
		sed 's/^/  | /' "$work/log"
	elif [ "$(grep -c '^kernel panic' "$work/log")" -gt 1 ]; then
		echo "FAIL $name: more than one panic"
		sed 's/^/  | /' "$work/log"
	else
		echo "PASS $name"
	fi
}

callers=(' crash_inner\\+0x' ' crash_outer\\+0x' ' op_port\\+0x' ' trap_operation\\+0x' '^core ')
wild='cr2 0xffff900000000000'
crash exception 1 0 0 "^kernel panic: exception 14, error 0x2 $wild" ' rip 0x.* flags ' ' r15 0x' ' rax 0x' \
	"${callers[@]:0:4}" '^core 0, thread 1'
crash exception-on-4 4 0 3 "^kernel panic: exception 14, .*$wild" "${callers[@]:0:4}" '^core 3, thread 19'
crash panic 1 1 0 '^kernel panic: on purpose' "${callers[@]:0:4}"
crash panic-on-4 4 1 2 '^kernel panic: on purpose' "${callers[@]:0:4}"
crash frame-nowhere 1 2 0 '^kernel panic: exception 6' ' crash_inner\\+' '^core 0' '! crash_outer'
crash frame-loop 1 3 0 '^kernel panic: exception 6' ' crash_inner\\+' '^core 0' '! crash_outer'
crash stack-nowhere 1 4 0 '^kernel panic: exception 8' ' rsp 0xffff900000000000' "${callers[@]}"
crash report-fails 1 5 0 '^kernel panic: exception 6' "${callers[@]:0:4}" '! ^core '
crash others-stop 4 6 2 '^others stopped'
crash all-at-once 4 0 99 '^kernel panic: exception 14' "${callers[@]}"
# Uncorrected, valid, enabled, context corrupt (SDM 3B, 15.3.2.2).
monitor='mce 1 1 0xb200000000000000 4 0 0' crash machine-check 2 10 0 '^kernel panic: exception 18'
ends=1 crash line-busy 1 7 0 '^component 20, thread 1: exception 14 at 0x1,' '^line: 0 failed'
