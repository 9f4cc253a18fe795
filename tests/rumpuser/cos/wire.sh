#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# wire.sh COMPOSITION LABEL: a client of the component nic sends frames to QEMU's user network and gets the answers.
label=$2
. tests/lib.sh

timeout 200 ./r2c run "${cpus[@]}" --log "$work/log" "$1" >"$work/out" 2>"$work/err" </dev/null
status=$?
cat "$work/err" >>"$work/log"
if [ $status = 0 ] && grep -q 'wire: 0 failures' "$work/log"; then
	pass client
else
	fail client "ended with status $status" "$work/log"
fi
