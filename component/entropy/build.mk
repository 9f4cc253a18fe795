# SPDX-License-Identifier: BSD-2-Clause
# The component entropy: a rump kernel with drivers of random number generators.
$(eval $(call component,entropy,component/entropy/entropy.c $(SYSPROXY_START_SRCS) $(RUMP_KERN_SRCS) \
	$(RUMP_BUS_SRCS) $(RUMP_DRIVERS_RNG),$(LIBCOS)))
