# SPDX-License-Identifier: BSD-2-Clause
#
# Tests of rump kernels in an ordinary process, over rumpuser/posix. One is the folder's path and the file's
# name without _test.c: tests/rump/fs/ext2/ops_test.c is rump/fs/ext2/ops.

$(B)/host/tests/rump/%.o: XCFLAGS += $(RUMP_INC)

# $(call rump_tests,FOLDER,SOURCES[,LIBS]): each NAME_test.c of tests/rump/FOLDER
define rump_tests
$(foreach t,$(patsubst tests/rump/$(1)/%_test.c,%,$(wildcard tests/rump/$(1)/*_test.c)),$(eval \
	$(call host_test,rump/$(1)/$(t),tests/rump/$(1)/$(t)_test.c $(2),$(3))))
endef

$(call rump_tests,kern,$(RUMP_HOST_FS_SRCS))
$(call rump_tests,vfs,$(RUMP_HOST_FS_SRCS))
# Against images that mke2fs makes.
$(call rump_tests,fs/ext2,$(RUMP_HOST_FS_SRCS) $(addprefix tests/rump/fs/ext2/,image.c walk.c))

$(call rump_tests,dev,$(RUMP_KERN_SRCS) $(RUMP_PART_SRCS) $(RUMPUSER_POSIX_SRCS))

# Drivers of virtio against models of devices: mmio.c and the PCI hypercalls are the models' own.
VIRTIO_TEST_SRCS := $(filter-out %/mmio.c,$(RUMP_BUS_SRCS)) $(RUMP_KERN_SRCS) \
	$(filter-out %/pci.c %/pci_mem.c %/pci_irq.c %/portio.c,$(RUMPUSER_POSIX_SRCS)) tests/rump/dev/virtio/model.c
$(B)/host/tests/rump/dev/virtio/%.o: XCFLAGS += $(RUMP_INC) -Itests/rump/dev/virtio $(LWIP_INC)
$(eval $(call host_test,rump/dev/virtio/blk,tests/rump/dev/virtio/blk_test.c $(VIRTIO_TEST_SRCS) $(RUMP_DRIVERS_BLOCK)))
$(eval $(call host_test,rump/dev/virtio/rng,tests/rump/dev/virtio/rng_test.c $(VIRTIO_TEST_SRCS) $(RUMP_DRIVERS_RNG)))
$(eval $(call host_test,rump/dev/virtio/nic,tests/rump/dev/virtio/nic_test.c $(VIRTIO_TEST_SRCS) $(RUMP_DRIVERS_NIC)))
$(eval $(call host_test,rump/dev/virtio/net,tests/rump/dev/virtio/net_test.c $(VIRTIO_TEST_SRCS) $(RUMP_DRIVERS_NET) \
	$(RUMP_NET_SRCS),$(RUMP_LWIP_HOST_LIB)))
$(B)/test/rump/dev/virtio/net: $(RUMP_LWIP_HOST_LIB)

# Sockets: without file systems and without a device.
$(B)/host/tests/rump/net/%.o: XCFLAGS += $(RUMP_INC) $(LWIP_INC)
$(call rump_tests,net,$(RUMP_KERN_SRCS) $(RUMP_NET_SRCS) $(RUMPUSER_POSIX_SRCS),$(RUMP_LWIP_HOST_LIB))
$(patsubst tests/%_test.c,$(B)/test/%,$(wildcard tests/rump/net/*_test.c)): $(RUMP_LWIP_HOST_LIB)
