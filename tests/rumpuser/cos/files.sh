#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# files.sh COMPOSITION LABEL: a client keeps files in a rump kernel; it ends the system with status 0 if all checks
# passed.
label=$2
. tests/lib.sh

timeout 300 ./r2c run "${cpus[@]}" --log "$work/log" "$1" >"$work/out" 2>"$work/err" </dev/null
status=$?
if [ $status = 0 ] && grep -q 'files: 0 failures' "$work/log"; then
	pass files
else
	cat "$work/err" >>"$work/log"
	fail files "ended with status $status" "$work/log"
fi
