# SPDX-License-Identifier: BSD-2-Clause
# The parser of ACPI tables has no component of its own: boot and dev link it. Its host test.
$(eval $(call host_test,service/acpi/acpi,tests/service/acpi/acpi_test.c service/acpi/acpi.c))
$(call host_objs,$(wildcard tests/service/acpi/*.c)): XCFLAGS := -I.
