# SPDX-License-Identifier: BSD-2-Clause
# The test of what reads ACPI's tables; boot and dev link it.
$(eval $(call host_test,service/acpi/acpi,tests/service/acpi/acpi_test.c service/acpi/acpi.c))
$(call host_objs,$(wildcard tests/service/acpi/*.c)): XCFLAGS := -I.
