#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# iommu.sh: a driver's device reaches for memory that is not its own (system/judge.c): without an IOMMU, with one, and
# with one whose tables have four levels and which remembers what is absent.
label=iommu
. tests/lib.sh

# logged NAME WHETHER PATTERN
logged()
{
	local found=no
	grep -qE "$3" "$work/log" && found=yes
	[ $found = "$2" ] && pass "$1" || fail "$1" "'$3' in the log: $found" "$work/log"
}

# run NAME IOMMU ARGUMENT...
run()
{
	local name=$1 status
	export IOMMU=$2
	shift 2
	timeout 120 ./r2c run --log "$work/log" --qemu-option -device --qemu-option edu "$@" \
		tests/service/dev/system/iommu.conf >"$work/out" 2>"$work/err" </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label/$name/|"
	cat "$work/err" >>"$work/log"
	logged "$name/no frame is lost" no ' is lost'
	logged "$name/the line is had" no 'no interrupt line'
	if [ $status = 0 ] && grep -q '^judge: done' "$work/log"; then
		pass "$name/to the end"
	else
		fail "$name/to the end" "ended with status $status" "$work/log"
	fi
}

run without false
run "without, 4 cores" false --cpus 4
logged "without/is said" yes '^dev: no IOMMU.*all memory'
logged "without/nothing is refused" no ' refused '
levels=3
for options in "" "--qemu-option -global --qemu-option intel-iommu.aw-bits=48 --qemu-option -global --qemu-option intel-iommu.caching-mode=on"; do
	# shellcheck disable=SC2086
	run "$levels levels" true $options
	logged "$levels levels/is said" yes "^dev: 1 IOMMU, $levels levels"
	logged "$levels levels/a write is reported" yes '^dev: 00:[0-9a-f.]* of component [0-9]+: write to 0x[0-9a-f]+ refused'
	logged "$levels levels/a read is reported" yes '^dev: 00:[0-9a-f.]* of component [0-9]+: read of 0x[0-9a-f]+ refused'
	logged "$levels levels/there is an end to that" yes 'its further faults are not reported'
	check "$levels levels/16 are reported" [ "$(grep -c ' refused ' "$work/log")" = 16 ]
	levels=4
done
