#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# conformance.sh NCPU...: the conformance suite of rumpuser(3) in a booted system, with each number of virtual CPUs
# told to its rump kernel. STRESS: rounds of the stress part.
label=conformance
. tests/lib.sh

export NCPU OLD=$work/old STRESS=${STRESS:-100}
head -c 512K /dev/zero >"$OLD"
for NCPU; do
	timeout 380 ./r2c run --log "$work/log" tests/rumpuser/conformance.conf >"$work/out" 2>"$work/err" </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL|SKIP) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label-$NCPU/|"
	cat "$work/err" >>"$work/log"
	if [ $status = 0 ] && grep -q '^conformance: done' "$work/log"; then
		pass "$NCPU CPUs/to the end"
	else
		fail "$NCPU CPUs/to the end" "ended with status $status" "$work/log"
	fi
done
