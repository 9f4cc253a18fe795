# SPDX-License-Identifier: BSD-2-Clause
# Component reboot, its host tests, and the booted test of failures.
$(eval $(call component,reboot,$(wildcard service/reboot/*.c),$(LIBCOS)))
$(eval $(call host_test,service/reboot/symbol,tests/service/reboot/symbol_test.c service/reboot/symbol.c))
$(eval $(call host_test,service/reboot/portio,tests/service/reboot/portio_test.c service/reboot/portio.c))
$(call host_objs,$(wildcard tests/service/reboot/*.c) service/reboot/portio.c): XCFLAGS := -I. -DCOS_FAKE_KERNEL

# A booted system in which a component fails.
$(eval $(call component,faulty,tests/service/reboot/system/faulty.c,$(LIBCOS)))
$(eval $(call component,witness,tests/service/reboot/system/witness.c,$(LIBCOS)))
$(call cos_objs,$(wildcard tests/service/reboot/system/*.c)): XCFLAGS := -Itests/service/reboot/system
$(eval $(call booted_test,service/reboot/failure,700,tests/service/reboot/failure.sh))
