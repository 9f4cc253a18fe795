# SPDX-License-Identifier: BSD-2-Clause
#
# Hypercalls: the conformance suite (conformance/) on both hosts, on POSIX also under ThreadSanitizer; what
# one host alone has is in posix/ and cos/.

$(B)/host/tests/rumpuser/%.o $(B)/tsan/tests/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC) -Itests/rumpuser/conformance
$(eval $(call host_test,rumpuser/arena,tests/rumpuser/arena_test.c rumpuser/arena.c))

# On POSIX. The suite asks for the wall clock to be stepped: the hypercalls' clock_gettime is the harness's.
COMMA := ,
RUMPUSER_POSIX_TEST_SRCS := $(addprefix tests/rumpuser/posix/,conformance_test.c proxy_client.c) \
	$(CONFORMANCE_SRCS) $(RUMPUSER_POSIX_SRCS)
RUMPUSER_SP_TEST_SRCS := $(addprefix tests/rumpuser/posix/,sp_test.c proxy_client.c) \
	$(CONFORMANCE_SRCS) $(RUMPUSER_POSIX_SRCS)
$(eval $(call host_test,rumpuser/posix/conformance,$(RUMPUSER_POSIX_TEST_SRCS),-Wl$(COMMA)--wrap=clock_gettime))
$(eval $(call host_test,rumpuser/posix/sp,$(RUMPUSER_SP_TEST_SRCS)))
$(eval $(call host_test,rumpuser/posix/net,tests/rumpuser/posix/net_test.c $(CONFORMANCE_SRCS) $(RUMPUSER_POSIX_SRCS)))
$(eval $(call host_test,rumpuser/posix/host,tests/rumpuser/posix/host_test.c $(RUMPUSER_POSIX_SRCS)))

TSAN_CFLAGS := $(filter-out -fsanitize=% -fno-sanitize-recover=%,$(HOST_CFLAGS)) -fsanitize=thread
$(B)/tsan/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(TSAN_CFLAGS) $(XCFLAGS) -c -o $@ $<
$(B)/tsan/conformance: $(patsubst %.c,$(B)/tsan/%.o,$(RUMPUSER_POSIX_TEST_SRCS))
	$(HOSTCC) -fsanitize=thread -Wl,--wrap=clock_gettime -o $@ $^ -lpthread
$(B)/tsan/sp: $(patsubst %.c,$(B)/tsan/%.o,$(RUMPUSER_SP_TEST_SRCS))
	$(HOSTCC) -fsanitize=thread -o $@ $^ -lcmocka -lpthread
$(eval $(call script_test,rumpuser/posix/conformance-tsan,900,tests/rumpuser/posix/tsan.sh $(B)/tsan/conformance,$(B)/tsan/conformance))
$(eval $(call script_test,rumpuser/posix/sp-tsan,300,tests/rumpuser/posix/tsan.sh $(B)/tsan/sp,$(B)/tsan/sp))

# In a Linux guest: the suite as above, and a rump kernel with a disk.
RUMPUSER_DISK_SRCS := tests/rumpuser/posix/disk.c $(RUMP_HOST_FS_SRCS) $(RUMP_BUS_SRCS) $(RUMP_DRIVERS_BLOCK)
$(B)/guest/disk: $(call host_objs,$(RUMPUSER_DISK_SRCS))
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ -lpthread
$(B)/debian/linux/vmlinuz: tools/debian/linux.sh
	tools/debian/linux.sh linux-image-cloud-amd64 $(@D) vfio_iommu_type1 vfio-pci
	touch $@
RUMPUSER_VFIO := $(B)/test/rumpuser/posix/conformance $(B)/guest/disk
$(eval $(call script_test,rumpuser/posix/vfio,600,tests/rumpuser/posix/vfio.sh $(B)/debian/linux $(RUMPUSER_VFIO),\
	$(B)/debian/linux/vmlinuz $(RUMPUSER_VFIO)))

# The suite as a component, without a rump kernel; its client, and a disk that can fail.
$(eval $(call component,conformance,$(addprefix tests/rumpuser/,conformance.c cos_cases.c) $(CONFORMANCE_SRCS) \
	$(RUMPUSER_COS_SRCS) component/sysproxy/server.c,$(LIBCOS)))
$(eval $(call component,visitor,tests/rumpuser/visitor.c,$(LIBCOS)))
$(eval $(call component,faultydisk,tests/rumpuser/faultydisk.c,$(LIBCOS)))
$(call cos_objs,$(wildcard tests/rumpuser/*.c) $(CONFORMANCE_SRCS)): XCFLAGS := -I. $(RUMPUSER_INC) -Itests/rumpuser/conformance
$(eval $(call booted_test,rumpuser/conformance,2400,tests/rumpuser/conformance.sh 1 2 4 2/2 1/4 4/4 8/8))
$(eval $(call booted_test,rumpuser/pci,600,tests/rumpuser/pci.sh))

include $(wildcard tests/rumpuser/*/build.mk)
