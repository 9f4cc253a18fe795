# SPDX-License-Identifier: BSD-2-Clause
# The component network: a rump kernel with sockets and drivers of network cards.
$(eval $(call component,network,component/network/network.c $(SYSPROXY_SRCS) $(RUMP_KERN_SRCS) $(RUMP_NET_SRCS) \
	$(RUMP_BUS_SRCS) $(RUMP_DRIVERS_NET),$(RUMP_LWIP_OBJS) $(LIBCOS)))

# Without a rump kernel: NetBSD's is linked to it (docs/netbsd.md).
$(eval $(call component,network-netbsd,component/network/network.c $(SYSPROXY_SRCS),$(LIBCOS)))
