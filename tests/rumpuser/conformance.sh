#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# conformance.sh NCPU[/CORES]...: the conformance suite of rumpuser(3) in a booted system, with each number of virtual
# CPUs told to its rump kernel, on a machine with one core, or CORES. Then its stress part, on 1, 2 and 4 virtual CPUs each:
# for STRESS seconds (60) of simulated time on one core (the emulator counts instructions, each of which takes so long, 2^6
# ns, that those are over soon), and for a sixth of that on four.
label=conformance
. tests/lib.sh

# booted NAME CORES LIMIT [OPTION...]: what the suite says in a system, its results behind that name
booted()
{
	local name=$1 cores=$2 limit=$3
	shift 3
	timeout "$limit" ./r2c run --cpus "$cores" --log "$work/log" "$@" tests/rumpuser/conformance.conf \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL|SKIP) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label-$name/|"
	grep -aE '^stress: ' "$work/log"
	cat "$work/err" >>"$work/log"
	if [ $status = 0 ] && grep -q '^conformance: done' "$work/log"; then
		pass "$name/to the end"
	else
		fail "$name/to the end" "ended with status $status" "$work/log"
	fi
}

seconds=${STRESS:-60}
export NCPU OLD=$work/old ONLY='' STRESS=0
head -c 512K /dev/zero >"$OLD"
for config; do
	NCPU=${config%/*}
	cores=1
	[[ $config != */* ]] || cores=${config#*/}
	booted "$config" "$cores" 380
done
ONLY=stress STRESS=$seconds
booted stress 1 280 --qemu-option -icount --qemu-option shift=6,sleep=off
STRESS=$((seconds / 6))
booted stress/4 4 380
