#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# conformance.sh NCPU[/CORES]...: the conformance suite of rumpuser(3) in a booted system, with each number of virtual
# CPUs told to its rump kernel, on a machine with one core, or CORES. STRESS: rounds of the stress part.
label=conformance
. tests/lib.sh

export OLD=$work/old STRESS=${STRESS:-100}
head -c 512K /dev/zero >"$OLD"
for config; do
	export NCPU=${config%/*}
	cores=1
	[[ $config != */* ]] || cores=${config#*/}
	timeout 380 ./r2c run --cpus "$cores" --log "$work/log" tests/rumpuser/conformance.conf >"$work/out" 2>"$work/err" </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL|SKIP) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label-$config/|"
	cat "$work/err" >>"$work/log"
	if [ $status = 0 ] && grep -q '^conformance: done' "$work/log"; then
		pass "$config CPUs/to the end"
	else
		fail "$config CPUs/to the end" "ended with status $status" "$work/log"
	fi
done
