# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call host_test,service/dev/pci,tests/service/dev/pci_test.c service/dev/pci.c service/dev/bar.c))
$(eval $(call host_test,service/dev/acpi,tests/service/dev/acpi_test.c service/dev/acpi.c))
$(call host_objs,tests/service/dev/pci_test.c tests/service/dev/acpi_test.c): XCFLAGS := -I.
