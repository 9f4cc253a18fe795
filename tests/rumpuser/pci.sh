#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pci.sh: the PCI hypercalls in a booted system: the suite's section pci (conformance/pci.c) with its two devices,
# without and with an IOMMU, whose log must then have no refused access.
label=pci
. tests/lib.sh

# run LABEL ARGUMENT...
run()
{
	local label=$1 status
	shift
	timeout 250 ./r2c run "${cpus[@]}" --log "$work/log" "$@" --qemu-option -device --qemu-option edu \
		--qemu-option -device --qemu-option e1000e tests/rumpuser/pci.conf >"$work/out" 2>"$work/err" </dev/null
	status=$?
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL|SKIP) ' "$work/log" | sed "s|^\([A-Z]*\) |\1 $label/|"
	cat "$work/err" >>"$work/log"
	if [ $status = 0 ] && grep -q '^conformance: done' "$work/log" && ! grep -q ' refused ' "$work/log"; then
		pass "to the end"
	else
		fail "to the end" "ended with status $status" "$work/log"
	fi
}

run pci
run pci-iommu --qemu-option -device --qemu-option intel-iommu
check "the IOMMU is used" grep -q '^dev: 1 IOMMU' "$work/log"
