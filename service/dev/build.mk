# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,dev,$(wildcard service/dev/*.c),$(LIBCOS)))
$(eval $(call host_test,service/dev/pci,tests/service/dev/pci_test.c service/dev/pci.c service/dev/bar.c))
$(eval $(call host_test,service/dev/acpi,tests/service/dev/acpi_test.c service/dev/acpi.c))
$(eval $(call host_test,service/dev/dmar,tests/service/dev/dmar_test.c service/dev/dmar.c))
$(eval $(call host_test,service/dev/iotable,tests/service/dev/iotable_test.c service/dev/iotable.c))
$(eval $(call host_test,service/dev/own,tests/service/dev/own_test.c service/dev/own.c service/dev/msix.c))
$(call host_objs,$(wildcard tests/service/dev/*.c)): XCFLAGS := -I.
