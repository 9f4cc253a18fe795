#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# system.sh COMPOSITION...: boots each composition of the probe, with one core and with four, or with CPUS, and passes
# on what it reports. A line "FAIL ..." or a status other than 0 is a failure. The log is kept in
# build/service/NAME-CORES.log.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
status=0
mkdir -p build/service

fail()
{
	echo "FAIL $1: $2"
	status=1
}

run()
{
	local name image log
	name=service-$(basename "$1" .conf)
	image=build/service/$name.elf
	name+=-$2
	log=build/service/$name.log
	./r2c build "$1" -o "$image" || { fail "$name/build" "no image"; return; }
	timeout 240 qemu-system-x86_64 -M q35 -accel "$(accelerator)" -cpu max -smp "$2" -m 256 -display none -monitor none \
		-no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -serial stdio -serial null \
		-kernel "$image" </dev/null >"$log" 2>&1
	local ended=$?
	sed -i 's/\r$//' "$log"
	grep -aE '^(PASS|FAIL) ' "$log" | sed "s|^\([A-Z]*\) |\1 $name/|"
	grep -aqE '^FAIL ' "$log" && status=1
	if grep -aq '^probe: done' "$log"; then
		echo "PASS $name/to the end"
	else
		fail "$name/to the end" "QEMU ended with status $ended; the end of the log:"
		tail -n 15 "$log" | sed 's/^/  | /'
	fi
	if [ $ended = 1 ]; then # 0 << 1 | 1, by isa-debug-exit
		echo "PASS $name/exit status"
	else
		fail "$name/exit status" "QEMU ended with status $ended, expected 1"
	fi
	if grep -aq 'stack overflow' "$log"; then
		echo "PASS $name/overflow is reported"
	else
		fail "$name/overflow is reported" "not in the log"
	fi
}

for conf in "$@"; do
	for cores in ${CPUS:-1 4}; do
		run "$conf" "$cores"
	done
done
exit $status
