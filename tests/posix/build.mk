# SPDX-License-Identifier: BSD-2-Clause
#
# On the host: posix with the storage component over the fake COS, running real programs
# (tests/posix/run.c). Sanitizers keep their shadow above 2 GiB, so programs live below. posix and the rump
# kernel are two components: the names of the one are kept from the other, as r2c does.
POSIX_RUN_SRCS := tests/posix/run.c tests/posix/fake.c \
	$(filter-out tests/rumpuser/cos/fake.c,$(RUMPUSER_COS_FAKE_SRCS)) $(RUMPUSER_COS_HOST_SRCS) \
	rumpuser/cos/storage.c $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_TMPFS_SRCS)
POSIX_RUN_OBJS := $(patsubst %.c,$(B)/posix-run/%.o,$(POSIX_RUN_SRCS)) \
	$(B)/posix-run/tests/posix/run_entry.o $(B)/posix-run/posix.o
POSIX_RUN_INC := $(POSIX_INC) -I. -Irump -Irumpuser -DCOS_FAKE_KERNEL

$(B)/posix-run/posix/%.o: XCFLAGS := -Dcomponent_init=posix_component_init \
	-Dstorage_syscall=posix_storage_syscall -DPROGRAM_TOP=0x60000000ul -DPROGRAM_DYN_BASE=0x10000000ul
$(B)/posix-run/rumpuser/%.o: XCFLAGS := -Dcomponent_init=storage_component_init
$(B)/posix-run/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(POSIX_RUN_INC) $(XCFLAGS) -c -o $@ $<
$(B)/posix-run/%.o: %.S
	@mkdir -p $(@D)
	$(HOSTCC) -g -c -o $@ $<
$(B)/posix-run/posix.o: $(patsubst %.c,$(B)/posix-run/%.o,$(POSIX_SRCS))
	ld -r -o $@ $^
	objcopy -G posix_syscall -G posix_exception -G posix_component_init $@
$(B)/test/posix-run: $(POSIX_RUN_OBJS)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ -lpthread
