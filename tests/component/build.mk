# SPDX-License-Identifier: BSD-2-Clause
#
# Components that are rump kernels, on the host over the fake COS (tests/rumpuser/cos/fake.h). Booted ones are
# tried by their clients: tests/rumpuser/cos.

$(call host_objs,$(wildcard tests/component/*/*.c)): XCFLAGS := -I. -Itests/rumpuser/cos $(RUMPUSER_INC) -DCOS_FAKE_KERNEL
# The hypercalls and the server, without a rump kernel.
$(eval $(call host_test,component/sysproxy/server,tests/component/sysproxy/server_test.c $(COS_FAKE_SRCS) $(RUMPUSER_COS_SRCS) \
	$(addprefix component/,sysproxy/server.c sysproxy/server_init.c storage/storage.c)))
$(eval $(call host_test,component/nic/nic,tests/component/nic/nic_test.c $(COS_FAKE_SRCS) $(RUMPUSER_COS_SRCS) component/nic/nic.c))
$(eval $(call host_test,component/storage/storage,tests/component/storage/storage_test.c $(COS_FAKE_SRCS) $(SYSPROXY_SRCS) \
	component/storage/storage.c $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_FS_SRCS)))
