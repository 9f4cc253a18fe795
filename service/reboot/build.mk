# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,reboot,$(wildcard service/reboot/*.c),$(LIBCOS)))
$(eval $(call host_test,service/reboot/symbol,tests/service/reboot/symbol_test.c service/reboot/symbol.c))
$(call host_objs,$(wildcard tests/service/reboot/*.c)): XCFLAGS := -I.

# A booted system in which a component fails.
$(eval $(call component,victim,tests/service/reboot/system/victim.c,$(LIBCOS)))
$(eval $(call component,caller,tests/service/reboot/system/caller.c,$(LIBCOS)))
$(call cos_objs,$(wildcard tests/service/reboot/system/*.c)): XCFLAGS := -Itests/service/reboot/system
$(eval $(call script_test,service/reboot/failure,700,tests/service/reboot/failure.sh))
