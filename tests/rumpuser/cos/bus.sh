#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bus.sh: components in domains of their own exchange frames on a bus in shared memory. One of them fails: alone in one
# system, and in another together with the component bus.
label=cos-bus
. tests/lib.sh

# booted NAME: the system has ended as it should, and the victim has failed
booted()
{
	timeout 120 ./r2c run "${cpus[@]}" --log "$work/log" "tests/rumpuser/cos/$1.conf" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	cat "$work/err" >>"$work/log"
	if [ $status = 0 ] && grep -q 'left: 0 failures' "$work/log" && grep -q 'victim: fails now' "$work/log"; then
		pass "$1"
	else
		fail "$1" "ended with status $status" "$work/log"
	fi
}

booted bus
check outsider grep -q 'outsider: cannot open it' "$work/log"
booted bus-fatal
