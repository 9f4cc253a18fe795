# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,reboot,$(wildcard service/reboot/*.c),$(LIBCOS)))
$(eval $(call host_test,service/reboot/symbol,tests/service/reboot/symbol_test.c service/reboot/symbol.c))
$(call host_objs,$(wildcard tests/service/reboot/*.c)): XCFLAGS := -I.
