# SPDX-License-Identifier: BSD-2-Clause
# The component nic: a rump kernel with drivers of network cards.
$(eval $(call component,nic,component/nic/nic.c $(SYSPROXY_START_SRCS) $(RUMP_KERN_SRCS) \
	$(RUMP_BUS_SRCS) $(RUMP_DRIVERS_NIC),$(LIBCOS)))
