#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# deadlines.sh CORES...: tests/service/sched/system/deadlines.c on machines with so many cores, on which instructions
# are time.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/lib.sh
for cores; do
	label=deadlines-$cores
	timeout 280 ./r2c run --icount --cpus "$cores" --log "$work/log" tests/service/sched/system/deadlines.conf \
		>"$work/out" 2>&1 </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label/|"
	if [ $status = 0 ] && grep -aq '^deadlines: done' "$work/log"; then
		pass 'to the end'
	else
		fail 'to the end' "ended with status $status" "$work/log"
	fi
done
