# SPDX-License-Identifier: BSD-2-Clause
#
# Hosts of a rump kernel: rumpuser/posix (an ordinary process), rumpuser/cos (components); and the
# conformance suite, which runs on both, on POSIX also under ThreadSanitizer.

RUMPUSER_POSIX_SRCS := $(wildcard rumpuser/*.c rumpuser/posix/*.c)
RUMPUSER_COS_SRCS := $(wildcard rumpuser/*.c rumpuser/cos/*.c)
RUMPUSER_TESTS_SRCS := $(wildcard rumpuser/tests/*.c)

RUMPUSER_INC := -Irumpuser -Irump/include
$(B)/cos/rumpuser/%.o $(B)/host/rumpuser/%.o $(B)/tsan/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC)

include rumpuser/cos/build.mk
$(B)/host/tests/rumpuser/%.o $(B)/tsan/tests/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC) -Irumpuser/tests

COMMA := ,
# The suite asks for the wall clock to be stepped: the hypercalls' clock_gettime is the harness's.
RUMPUSER_POSIX_TEST_SRCS := tests/rumpuser/test_posix.c tests/rumpuser/proxy_client.c \
	$(RUMPUSER_TESTS_SRCS) $(RUMPUSER_POSIX_SRCS)
$(eval $(call host_test,rumpuser-posix,$(RUMPUSER_POSIX_TEST_SRCS),-Wl$(COMMA)--wrap=clock_gettime))

RUMPUSER_SP_TEST_SRCS := tests/rumpuser/test_sp.c tests/rumpuser/proxy_client.c \
	$(RUMPUSER_TESTS_SRCS) $(RUMPUSER_POSIX_SRCS)
$(eval $(call host_test,rumpuser-sp,$(RUMPUSER_SP_TEST_SRCS)))
$(eval $(call host_test,rumpuser-net,tests/rumpuser/test_net.c $(RUMPUSER_TESTS_SRCS) $(RUMPUSER_POSIX_SRCS)))
$(eval $(call host_test,rumpuser-arena,tests/rumpuser/arena_test.c rumpuser/arena.c))
$(eval $(call host_test,rumpuser-host,tests/rumpuser/test_host.c $(RUMPUSER_POSIX_SRCS)))

TSAN_CFLAGS := $(filter-out -fsanitize=% -fno-sanitize-recover=%,$(HOST_CFLAGS)) -fsanitize=thread
$(B)/tsan/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(TSAN_CFLAGS) $(XCFLAGS) -c -o $@ $<
$(B)/tsan/conformance: $(patsubst %.c,$(B)/tsan/%.o,$(RUMPUSER_POSIX_TEST_SRCS))
	$(HOSTCC) -fsanitize=thread -Wl,--wrap=clock_gettime -o $@ $^ -lpthread
$(B)/tsan/sp: $(patsubst %.c,$(B)/tsan/%.o,$(RUMPUSER_SP_TEST_SRCS))
	$(HOSTCC) -fsanitize=thread -o $@ $^ -lcmocka -lpthread
$(eval $(call script_test,rumpuser-posix-tsan,900,tests/rumpuser/tsan.sh $(B)/tsan/conformance,$(B)/tsan/conformance))
$(eval $(call script_test,rumpuser-sp-tsan,300,tests/rumpuser/tsan.sh $(B)/tsan/sp,$(B)/tsan/sp))

# In a Linux guest: the suite as above, and a rump kernel with a disk.
RUMPUSER_DISK_SRCS := tests/rumpuser/posix/disk.c $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_TMPFS_SRCS) \
	$(RUMP_EXT2_SRCS) $(RUMP_VIRTIO_SRCS) $(RUMP_VIRTIO_BLK_SRCS) $(RUMPUSER_POSIX_SRCS)
$(B)/guest/disk: $(call host_objs,$(RUMPUSER_DISK_SRCS))
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ -lpthread
$(B)/debian/linux/vmlinuz: tools/debian/linux.sh
	tools/debian/linux.sh linux-image-cloud-amd64 $(@D) vfio_iommu_type1 vfio-pci
	touch $@
$(eval $(call script_test,rumpuser-vfio,600,tests/rumpuser/posix/vfio.sh $(B)/debian/linux $(B)/test/rumpuser-posix $(B)/guest/disk,\
	$(B)/debian/linux/vmlinuz $(B)/test/rumpuser-posix $(B)/guest/disk))

-include bench/rumpuser.mk
