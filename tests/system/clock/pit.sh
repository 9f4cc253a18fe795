#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pit.sh: on a machine without the 8254 timer, boot finds the TSC's frequency by the HPET, within a percent of what the
# 8254 gives. On a machine without either, the system ends and the log says why.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/lib.sh

./r2c build -o "$work/probe.elf" tests/service/system/isolated.conf >"$work/build.out" 2>&1 || fail build "no image" "$work/build.out"

# found NAME MACHINE-OPTIONS: the frequency, in kHz; "ended": how the system did
found()
{
	timeout 250 qemu-system-x86_64 -machine "q35$2" -accel tcg -cpu max -m 256 -display none -monitor none -nic none \
		-no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -serial "file:$work/$1.log" -serial null \
		-kernel "$work/probe.elf" </dev/null >"$work/$1.out" 2>&1
	ended=$?
	sed -i 's/\r$//' "$work/$1.log"
	khz=$(sed -n 's/^boot: the TSC counts \([0-9]*\) kHz$/\1/p' "$work/$1.log")
}
found pit ""
pit=${khz:-0}
found hpet ,pit=off
hpet=${khz:-0}
# A percent: the clocks of an emulator drift apart when the machine that runs it is busy.
if [ "$pit" -gt 0 ] && [ $((hpet * 100)) -ge $((pit * 99)) ] && [ $((hpet * 100)) -le $((pit * 101)) ]; then
	pass "HPET"
else
	fail "HPET" "$hpet kHz, by the PIT $pit" "$work/hpet.log"
fi
grep -q '^PASS timeout/sleepers' "$work/hpet.log" && [ "$ended" = 1 ] && pass "HPET's system" ||
	fail "HPET's system" "status $ended" "$work/hpet.log"
found none ,pit=off,hpet=off
grep -q '^boot: no way to find the frequency of the TSC: error ' "$work/none.log" && [ "$ended" = 3 ] && pass "none" ||
	fail "none" "status $ended" "$work/none.log"
