# SPDX-License-Identifier: BSD-2-Clause
#
# On the host: posix with the components storage and network over the fake COS, running real programs
# (tests/posix/run.c). Sanitizers keep their shadow above 2 GiB, so programs are placed below that. Names that a
# component does not export are hidden from the others, as r2c does.

POSIX_RUN_INC := -I. -Irump -Irump/include -Irumpuser -DCOS_FAKE_KERNEL
POSIX_RUN_COS := $(filter-out tests/rumpuser/cos/fake.c,$(COS_FAKE_SRCS)) libcos/timeout.c
POSIX_RUN_SETS := rump_components rump_syscalls modules

# $(call posix_run_part,NAME,SOURCES,EXPORTS,FLAGS[,MORE OBJECTS])
define posix_run_part
$(B)/posix-run/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(POSIX_RUN_INC) $(4) -c -o $$@ $$<
$(B)/posix-run/$(1).o: $(patsubst %.c,$(B)/posix-run/$(1)/%.o,$(2)) $(5)
	ld -r -o $$@ $$^
	objcopy $(addprefix -G ,$(3)) $(foreach s,$(POSIX_RUN_SETS),--rename-section link_set_$(s)=$(1)_$(s) \
		--redefine-sym __start_link_set_$(s)=__start_$(1)_$(s) --redefine-sym __stop_link_set_$(s)=__stop_$(1)_$(s)) $$@
endef

$(eval $(call posix_run_part,posix,$(POSIX_SRCS),posix_syscall posix_exception posix_component_init call_name,\
	$(POSIX_INC) -Dcomponent_init=posix_component_init -Dstorage_syscall=posix_storage_syscall \
	-Dnetwork_syscall=posix_network_syscall -DPROGRAM_TOP=0x60000000ul -DPROGRAM_DYN_BASE=0x10000000ul))
$(eval $(call posix_run_part,storage,$(SYSPROXY_SRCS) component/storage/storage.c $(RUMP_KERN_SRCS) \
	$(RUMP_VFS_SRCS) $(RUMP_FS_SRCS),storage_syscall storage_component_init,\
	-Dcomponent_init=storage_component_init))
$(eval $(call posix_run_part,network,$(SYSPROXY_SRCS) component/network/network.c $(RUMP_KERN_SRCS) \
	$(RUMP_NET_SRCS),network_syscall network_component_init,\
	-Dcomponent_init=network_component_init -Dcos_self_get=network_self_get \
	-Dcos_self_set=network_self_set $(LWIP_INC),$(RUMP_LWIP_HOST_OBJS)))

$(B)/posix-run/tests/posix/%.o: tests/posix/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(POSIX_INC) $(POSIX_RUN_INC) -c -o $@ $<
$(B)/posix-run/libcos/%.o: libcos/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(POSIX_RUN_INC) -c -o $@ $<
$(B)/posix-run/tests/posix/run_entry.o: tests/posix/run_entry.S
	@mkdir -p $(@D)
	$(HOSTCC) -g -c -o $@ $<
$(B)/posix-run/run: $(patsubst %,$(B)/posix-run/%.o,posix storage network tests/posix/run tests/posix/run_memory tests/posix/run_thread \
		tests/posix/fake tests/posix/run_entry $(basename $(POSIX_RUN_COS)))
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ -lpthread

$(eval $(call script_test,posix/differ,900,tests/posix/differ.sh,$(B)/posix-run/run $(LINUX_PROGRAMS)))

$(eval $(call host_test,posix/abi/convert,tests/posix/abi/convert_test.c posix/abi/convert.c posix/abi/fstype.c posix/abi/errno.c))
$(eval $(call host_test,posix/abi/fstype,tests/posix/abi/fstype_test.c posix/abi/fstype.c))
$(call host_objs,$(wildcard tests/posix/abi/*.c)): XCFLAGS := $(POSIX_INC)

# Over the fake COS.
$(eval $(call host_test,posix/base/timer,tests/posix/base/timer_test.c posix/base/timer.c libcos/timeout.c $(COS_FAKE_SRCS)))
$(eval $(call host_test,posix/process/sleep,tests/posix/process/sleep_test.c posix/process/sleep.c posix/base/event.c $(COS_FAKE_SRCS)))
$(call host_objs,$(addprefix tests/posix/,base/timer_test.c process/sleep_test.c) \
	$(addprefix posix/,base/timer.c base/event.c process/sleep.c)): XCFLAGS := $(POSIX_INC) -I. -DCOS_FAKE_KERNEL
