#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A rump kernel's host ends: by exit, panic and signals. The end is reported, the caller gets an error, and the rest
# runs on.
label=cos-end
. tests/lib.sh

# ending NAME HOW TEXT...: the log must have each TEXT; one with ! in front it must not have
ending()
{
	local name=$1 status text wrong=
	export HOW=$2
	shift 2
	timeout 120 ./r2c run "${cpus[@]}" --log "$work/log" tests/rumpuser/cos/ender.conf >"$work/out" 2>"$work/err" </dev/null
	status=$?
	for text; do
		if [ "${text#!}" != "$text" ]; then
			! grep -q -- "${text#!}" "$work/log" || wrong="$wrong '$text'"
		else
			grep -q -- "$text" "$work/log" || wrong="$wrong '$text'"
		fi
	done
	if [ $status != 0 ]; then
		cat "$work/err" >>"$work/log"
		fail "$name" "ended with status $status" "$work/log"
	elif [ -n "$wrong" ]; then
		fail "$name" "the log is wrong:$wrong" "$work/log"
	else
		pass "$name"
	fi
}

ending exit 1 'reboot: ender: ended with status 42' 'ender_client: the rest runs on' '!rip '
ending panic 2 'rump kernel panicked in thread [0-9]* (worrier)' 'reboot: ender: invalid opcode' 'from [0-9a-f]*  thread_start+0x'
ending terminate 3 'ended by signal 15' 'reboot: ender: ended with status 143' '!rip '
ending abort 4 'rump kernel ended by signal 6' 'from [0-9a-f]*  ender_end+0x'
