#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# conformance.sh NCPU[/CORES]...: the conformance suite of rumpuser(3) in a booted system, with each number of virtual
# CPUs for its rump kernel, on a machine with one core, or with CORES, where some seconds of the stress part are
# included. Then the stress part alone, for STRESS seconds (60) of simulated time on 1, 2 and 4 virtual CPUs each: the
# emulator counts instructions, and each takes 2^6 ns of simulated time, so that these seconds pass quickly.
# With CPUS=N in the environment only N/N, with STRESS seconds by the clock.
label=conformance
. tests/lib.sh

# booted NAME LIMIT [OPTION...]: what the suite says in a system, its results behind that name
booted()
{
	local name=$1 limit=$2
	shift 2
	timeout "$limit" ./r2c run --log "$work/log" "$@" tests/rumpuser/conformance.conf >"$work/out" 2>"$work/err" </dev/null
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
if [ -n "${CPUS-}" ]; then
	NCPU=$CPUS STRESS=$seconds
	booted "$CPUS/$CPUS" 900 "${cpus[@]}"
	exit 0
fi
for config; do
	NCPU=${config%/*} cores=1 STRESS=0
	[[ $config != */* ]] || cores=${config#*/} STRESS=5
	booted "$config" 300 --cpus "$cores"
done
ONLY=stress STRESS=$seconds
booted stress 280 --qemu-option -icount --qemu-option shift=6,sleep=off
