# SPDX-License-Identifier: BSD-2-Clause
#
# The components that are rump kernels: parts of rump/, the COS host, and the file that gives the
# server its interface.

RUMPUSER_COS_HOST_SRCS := $(filter-out $(addprefix rumpuser/cos/,storage.c network.c disk.c nic.c entropy.c),$(RUMPUSER_COS_SRCS))
# The hypercalls alone: without clients and without a rump kernel to start.
RUMPUSER_COS_START_SRCS := $(addprefix rumpuser/cos/,server_init.c disks.c netconfig.c)
RUMPUSER_COS_CALLS_SRCS := $(filter-out rumpuser/cos/server.c $(RUMPUSER_COS_START_SRCS),$(RUMPUSER_COS_HOST_SRCS))

STORAGE_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_EXT2_SRCS) $(RUMP_TMPFS_SRCS) \
	$(RUMP_MD_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_BLK_SRCS) $(RUMPUSER_COS_HOST_SRCS) \
	rumpuser/cos/storage.c
$(eval $(call component,storage,$(STORAGE_SRCS),$(LIBCOS)))

# On the host: the hypercalls and libcos' synchronisation over a COS made of POSIX threads.
RUMPUSER_COS_FAKE_SRCS := tests/rumpuser/cos/fake.c libcos/cond.c libcos/format.c libcos/log.c \
	libcos/mutex.c libcos/panic.c libcos/rwlock.c libcos/sem.c libcos/size.c libcos/waitq.c
$(eval $(call host_test,rumpuser/cos/chacha,tests/rumpuser/cos/chacha_test.c rumpuser/cos/chacha.c))
$(eval $(call host_test,rumpuser/cos/hyp,tests/rumpuser/cos/hyp_test.c $(RUMPUSER_COS_FAKE_SRCS) $(RUMPUSER_COS_CALLS_SRCS)))
$(eval $(call host_test,rumpuser/cos/virtif,tests/rumpuser/cos/virtif_test.c tests/rumpuser/cos/fake_nic.c $(RUMPUSER_COS_FAKE_SRCS) \
	$(RUMPUSER_COS_CALLS_SRCS) $(wildcard rumpuser/tests/*.c)))
$(eval $(call host_test,rumpuser/cos/nic,tests/rumpuser/cos/nic_test.c $(RUMPUSER_COS_FAKE_SRCS) $(RUMPUSER_COS_CALLS_SRCS) rumpuser/cos/nic.c))
$(eval $(call host_test,rumpuser/cos/file,tests/rumpuser/cos/file_test.c $(RUMPUSER_COS_FAKE_SRCS) $(RUMPUSER_COS_CALLS_SRCS)))
$(eval $(call host_test,rumpuser/cos/server,tests/rumpuser/cos/server_test.c $(RUMPUSER_COS_FAKE_SRCS) $(RUMPUSER_COS_CALLS_SRCS) \
	$(addprefix rumpuser/cos/,server.c server_init.c storage.c)))
$(eval $(call host_test,rumpuser/cos/storage,tests/rumpuser/cos/storage_test.c $(RUMPUSER_COS_FAKE_SRCS) \
	$(RUMPUSER_COS_HOST_SRCS) rumpuser/cos/storage.c $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_TMPFS_SRCS)))
$(call host_objs,$(wildcard tests/rumpuser/cos/*.c)): XCFLAGS := -I. $(RUMPUSER_INC) -Irumpuser/tests -DCOS_FAKE_KERNEL
$(call host_objs,$(RUMPUSER_COS_SRCS)): XCFLAGS += -DCOS_FAKE_KERNEL

NETWORK_SRCS := $(RUMP_KERN_SRCS) $(RUMP_NET_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_NET_SRCS) \
	$(RUMPUSER_COS_HOST_SRCS) rumpuser/cos/network.c
$(eval $(call component,network,$(NETWORK_SRCS),$(RUMP_LWIP_OBJS) $(LIBCOS)))

# The same two without a rump kernel: NetBSD's is linked to them (docs/netbsd.md).
$(eval $(call component,storage-netbsd,$(RUMPUSER_COS_HOST_SRCS) rumpuser/cos/storage.c,$(LIBCOS)))
$(eval $(call component,network-netbsd,$(RUMPUSER_COS_HOST_SRCS) rumpuser/cos/network.c,$(LIBCOS)))

# A driver component: its disks are files of other components' hosts.
DISK_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_BLK_SRCS) $(RUMP_PART_SRCS) \
	$(RUMPUSER_COS_CALLS_SRCS) $(RUMPUSER_COS_START_SRCS) rumpuser/cos/disk.c
$(eval $(call component,disk,$(DISK_SRCS),$(LIBCOS)))

# Another: its network cards are interfaces of other components' hosts.
NIC_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_NIC_SRCS) \
	$(RUMPUSER_COS_CALLS_SRCS) $(RUMPUSER_COS_START_SRCS) rumpuser/cos/nic.c
$(eval $(call component,nic,$(NIC_SRCS),$(LIBCOS)))

ENTROPY_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_RNG_SRCS) \
	$(RUMPUSER_COS_CALLS_SRCS) $(RUMPUSER_COS_START_SRCS) rumpuser/cos/entropy.c
$(eval $(call component,entropy,$(ENTROPY_SRCS),$(LIBCOS)))

# Booted systems with a client of storage.
$(eval $(call component,files,tests/rumpuser/cos/files.c,$(LIBCOS)))
$(eval $(call component,rawdisk,tests/rumpuser/cos/rawdisk.c,$(LIBCOS)))
$(call cos_objs,$(addprefix tests/rumpuser/cos/,files.c rawdisk.c block.c wire.c bus.c ender.c mourner.c legacy.c no_kernel.c)): XCFLAGS := $(RUMPUSER_INC)
$(eval $(call script_test,rumpuser/cos/rawdisk,300,tests/rumpuser/cos/rawdisk.sh))
$(eval $(call script_test,rumpuser/cos/files,400,tests/rumpuser/cos/files.sh tests/rumpuser/cos/files.conf cos-files))
$(eval $(call script_test,rumpuser/cos/files-fused,400,tests/rumpuser/cos/files.sh tests/rumpuser/cos/files-fused.conf cos-files-fused))

# A client of disk: the hypercalls without a rump kernel.
$(eval $(call component,block,$(addprefix tests/rumpuser/cos/,block.c no_kernel.c) $(RUMPUSER_COS_CALLS_SRCS),$(LIBCOS)))
$(eval $(call script_test,rumpuser/cos/block,300,tests/rumpuser/cos/block.sh tests/rumpuser/cos/block.conf cos-block))
$(eval $(call script_test,rumpuser/cos/block-fused,300,tests/rumpuser/cos/block.sh tests/rumpuser/cos/block-fused.conf cos-block-fused))

# A client of nic, likewise.
$(eval $(call component,wire,$(addprefix tests/rumpuser/cos/,wire.c no_kernel.c) $(RUMPUSER_COS_CALLS_SRCS),$(LIBCOS)))
$(eval $(call script_test,rumpuser/cos/wire,300,tests/rumpuser/cos/wire.sh tests/rumpuser/cos/wire.conf cos-wire))
$(eval $(call script_test,rumpuser/cos/wire-fused,300,tests/rumpuser/cos/wire.sh tests/rumpuser/cos/wire-fused.conf cos-wire-fused))

# Clients of bus, likewise.
$(eval $(call component,bus-client,$(addprefix tests/rumpuser/cos/,bus.c no_kernel.c) $(RUMPUSER_COS_CALLS_SRCS),$(LIBCOS)))
$(eval $(call script_test,rumpuser/cos/bus,300,tests/rumpuser/cos/bus.sh))

# A component that ends by a hypercall, and one that calls it.
$(eval $(call component,ender,tests/rumpuser/cos/ender.c $(RUMPUSER_COS_CALLS_SRCS),$(LIBCOS)))
$(eval $(call component,mourner,tests/rumpuser/cos/mourner.c,$(LIBCOS)))
$(eval $(call script_test,rumpuser/cos/ender,300,tests/rumpuser/cos/ender.sh))

# A driver that uses I/O ports and an interrupt line.
$(eval $(call component,legacy,$(addprefix tests/rumpuser/cos/,legacy.c no_kernel.c) $(RUMPUSER_COS_CALLS_SRCS),$(LIBCOS)))
$(eval $(call script_test,rumpuser/cos/legacy,300,tests/rumpuser/cos/legacy.sh))

# The conformance suite as a component, without a rump kernel; its client, and a disk that can fail.
CONFORMANCE_SRCS := $(addprefix tests/rumpuser/,test_cos.c cos_cases.c) $(wildcard rumpuser/tests/*.c) \
	$(RUMPUSER_COS_CALLS_SRCS) rumpuser/cos/server.c
$(eval $(call component,conformance,$(CONFORMANCE_SRCS),$(LIBCOS)))
$(eval $(call component,visitor,tests/rumpuser/visitor.c,$(LIBCOS)))
$(eval $(call component,faultydisk,tests/rumpuser/faultydisk.c,$(LIBCOS)))
$(call cos_objs,$(wildcard tests/rumpuser/*.c)): XCFLAGS := -I. $(RUMPUSER_INC) -Irumpuser/tests
$(eval $(call script_test,rumpuser/conformance,2400,tests/rumpuser/conformance.sh 1 2 4 2/2 1/4 4/4 8/8))
$(eval $(call script_test,rumpuser/pci,600,tests/rumpuser/pci.sh))
