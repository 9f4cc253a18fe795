# SPDX-License-Identifier: BSD-2-Clause
#
# The components that are rump kernels: parts of rump/, the COS host, and the file that gives the
# server its interface.

RUMPUSER_COS_HOST_SRCS := $(filter-out rumpuser/cos/storage.c rumpuser/cos/network.c,$(RUMPUSER_COS_SRCS))

STORAGE_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_EXT2_SRCS) $(RUMP_TMPFS_SRCS) \
	$(RUMP_MD_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_BLK_SRCS) $(RUMPUSER_COS_HOST_SRCS) \
	rumpuser/cos/storage.c
$(eval $(call component,storage,$(STORAGE_SRCS),$(LIBCOS)))

$(eval $(call host_test,rumpuser/cos/arena,tests/rumpuser/cos/arena_test.c rumpuser/cos/arena.c))
$(eval $(call host_test,rumpuser/cos/chacha,tests/rumpuser/cos/chacha_test.c rumpuser/cos/chacha.c))
$(call host_objs,$(wildcard tests/rumpuser/cos/*.c)): XCFLAGS := -I.

NETWORK_SRCS := $(RUMP_KERN_SRCS) $(RUMP_NET_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_NET_SRCS) \
	$(RUMPUSER_COS_HOST_SRCS) rumpuser/cos/network.c
$(eval $(call component,network,$(NETWORK_SRCS),$(RUMP_LWIP_OBJS) $(LIBCOS)))
