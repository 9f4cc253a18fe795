#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pci.sh: the PCI hypercalls in a booted system: the suite's section pci (rumpuser/tests/pci.c) with its two devices.
label=pci
. tests/lib.sh

timeout 250 ./r2c run --log "$work/log" --qemu-option -device --qemu-option edu \
	--qemu-option -device --qemu-option e1000e tests/rumpuser/pci.conf >"$work/out" 2>"$work/err" </dev/null
status=$?
sed -i 's/\r$//' "$work/log"
grep -aE '^(PASS|FAIL|SKIP) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label/|"
cat "$work/err" >>"$work/log"
if [ $status = 0 ] && grep -q '^conformance: done' "$work/log"; then
	pass "to the end"
else
	fail "to the end" "ended with status $status" "$work/log"
fi
