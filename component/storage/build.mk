# SPDX-License-Identifier: BSD-2-Clause
# The component storage: a rump kernel with file systems and block drivers.
$(eval $(call component,storage,component/storage/storage.c $(SYSPROXY_SRCS) $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) \
	$(RUMP_FS_SRCS) $(RUMP_MD_SRCS) $(RUMP_BUS_SRCS) $(RUMP_DRIVERS_BLOCK),$(LIBCOS)))

# Without a rump kernel: NetBSD's is linked to it (docs/netbsd.md).
$(eval $(call component,storage-netbsd,component/storage/storage.c $(SYSPROXY_SRCS),$(LIBCOS)))
