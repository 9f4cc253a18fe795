# SPDX-License-Identifier: BSD-2-Clause
# Every folder of tests that builds something has a build.mk.

include $(wildcard tests/*/build.mk)

# The tests of booted systems again, on each of these numbers of cores.
CORES := 1 2 4 8
CORES_TESTS := $(foreach c,isolated fused,$(addsuffix -$(c),linux/differ $(addprefix system/,web isolation write network iso log bad))) \
	$(addprefix rumpuser/,conformance pci $(addprefix cos/,rawdisk files files-fused block block-fused wire wire-fused bus ender legacy)) \
	service/system service/reboot/failure $(addprefix netbsd/,linux write etfs ffs web virtif shmif)
CORES_SPECS = $(foreach t,$(CORES_TESTS),$(filter %:$(B)/test/$(t),$(TEST_SPECS)))
