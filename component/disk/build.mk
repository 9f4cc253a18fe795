# SPDX-License-Identifier: BSD-2-Clause
# The component disk: a rump kernel with block drivers.
$(eval $(call component,disk,component/disk/disk.c $(SYSPROXY_START_SRCS) $(RUMP_KERN_SRCS) \
	$(RUMP_BUS_SRCS) $(RUMP_DRIVERS_BLOCK) $(RUMP_PART_SRCS),$(LIBCOS)))
