# SPDX-License-Identifier: BSD-2-Clause
# Component dev, its host tests, and the booted test of the IOMMU.
$(eval $(call component,dev,$(wildcard service/dev/*.c service/acpi/*.c),$(LIBCOS)))
$(eval $(call host_test,service/dev/pci,tests/service/dev/pci_test.c service/dev/pci.c service/dev/bar.c))
$(eval $(call host_test,service/dev/dmar,tests/service/dev/dmar_test.c service/dev/dmar.c))
$(eval $(call host_test,service/dev/iotable,tests/service/dev/iotable_test.c service/dev/iotable.c))
$(eval $(call host_test,service/dev/own,tests/service/dev/own_test.c service/dev/own.c service/dev/msix.c))
$(call host_objs,$(wildcard tests/service/dev/*.c)): XCFLAGS := -I.

# A booted system in which a driver's device reaches for memory that is not its own.
$(eval $(call component,intruder,tests/service/dev/system/intruder.c,$(LIBCOS)))
$(eval $(call component,keeper,tests/service/dev/system/keeper.c,$(LIBCOS)))
$(eval $(call component,judge,tests/service/dev/system/judge.c,$(LIBCOS)))
$(call cos_objs,$(wildcard tests/service/dev/system/*.c)): XCFLAGS := -Itests/service/dev/system
$(eval $(call booted_test,service/dev/iommu,400,tests/service/dev/iommu.sh))
