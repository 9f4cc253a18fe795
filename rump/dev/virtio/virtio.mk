# SPDX-License-Identifier: BSD-2-Clause
#
# virtio: the transport and the queues (RUMP_VIRTIO_SRCS, rump/build.mk), and a driver a folder. A
# component takes the transport and the drivers it wants; they find each other by link set.

RUMP_VIRTIO_BLK_SRCS := $(wildcard rump/dev/virtio/blk/*.c)
RUMP_VIRTIO_RNG_SRCS := $(wildcard rump/dev/virtio/rng/*.c)
# Network cards: ether/ is what both drivers of them need, and a component takes one of the two.
RUMP_VIRTIO_NET_SRCS := $(wildcard rump/dev/virtio/net/*.c rump/dev/virtio/ether/*.c)
RUMP_VIRTIO_NIC_SRCS := $(wildcard rump/dev/virtio/nic/*.c rump/dev/virtio/ether/*.c)

# Tests, against models of devices: mmio.c and the PCI hypercalls are theirs.
VIRTIO_TEST_SRCS := $(filter-out %/mmio.c,$(RUMP_VIRTIO_SRCS)) $(RUMP_KERN_SRCS) \
	$(filter-out %/pci.c %/pci_mem.c %/pci_irq.c %/portio.c,$(wildcard rumpuser/*.c rumpuser/posix/*.c)) tests/rump/dev/virtio/model.c
$(B)/host/tests/rump/dev/virtio/%.o: XCFLAGS += $(RUMP_INC) -Itests/rump/dev/virtio \
	-Irump/net/lwip -isystem $(B)/debian/lwip/src/include
$(eval $(call host_test,rump/dev/virtio/blk,tests/rump/dev/virtio/blk.c $(VIRTIO_TEST_SRCS) $(RUMP_VIRTIO_BLK_SRCS)))
$(eval $(call host_test,rump/dev/virtio/rng,tests/rump/dev/virtio/rng.c $(VIRTIO_TEST_SRCS) $(RUMP_VIRTIO_RNG_SRCS)))
$(eval $(call host_test,rump/dev/virtio/nic,tests/rump/dev/virtio/nic.c $(VIRTIO_TEST_SRCS) $(RUMP_VIRTIO_NIC_SRCS)))
$(eval $(call host_test,rump/dev/virtio/net,tests/rump/dev/virtio/net.c $(VIRTIO_TEST_SRCS) $(RUMP_VIRTIO_NET_SRCS) $(RUMP_NET_SRCS),$(B)/host/lwip.a))
$(B)/test/rump/dev/virtio/net: $(B)/host/lwip.a
