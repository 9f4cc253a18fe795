# SPDX-License-Identifier: BSD-2-Clause

# On the host, over the fake COS.
$(call host_objs,$(wildcard tests/rumpuser/cos/*.c)): XCFLAGS := -I. $(RUMPUSER_INC) -Itests/rumpuser/conformance -DCOS_FAKE_KERNEL
$(eval $(call host_test,rumpuser/cos/chacha,tests/rumpuser/cos/chacha_test.c rumpuser/cos/chacha.c))
$(eval $(call host_test,rumpuser/cos/hyp,tests/rumpuser/cos/hyp_test.c $(COS_FAKE_SRCS) $(RUMPUSER_COS_SRCS)))
$(eval $(call host_test,rumpuser/cos/file,tests/rumpuser/cos/file_test.c $(COS_FAKE_SRCS) $(RUMPUSER_COS_SRCS)))
$(eval $(call host_test,rumpuser/cos/virtif,$(addprefix tests/rumpuser/cos/,virtif_test.c fake_nic.c) $(COS_FAKE_SRCS) \
	$(RUMPUSER_COS_SRCS) $(CONFORMANCE_SRCS)))

# $(call rumpuser_client,COMPONENT,SOURCES of tests/rumpuser/cos): the hypercalls without a rump kernel
rumpuser_client = $(call component,$(1),$(addprefix tests/rumpuser/cos/,$(2)) $(RUMPUSER_COS_SRCS),$(LIBCOS))
$(call cos_objs,$(wildcard tests/rumpuser/cos/*.c)): XCFLAGS := $(RUMPUSER_INC)

# Booted systems with a client of storage.
$(eval $(call component,files,tests/rumpuser/cos/files.c,$(LIBCOS)))
$(eval $(call component,rawdisk,tests/rumpuser/cos/rawdisk.c,$(LIBCOS)))
$(eval $(call booted_test,rumpuser/cos/rawdisk,300,tests/rumpuser/cos/rawdisk.sh))
$(eval $(call booted_test,rumpuser/cos/files,400,tests/rumpuser/cos/files.sh tests/rumpuser/cos/files.conf cos-files))
$(eval $(call booted_test,rumpuser/cos/files-fused,400,tests/rumpuser/cos/files.sh tests/rumpuser/cos/files-fused.conf cos-files-fused))

# A client of disk.
$(eval $(call rumpuser_client,block,block.c no_kernel.c))
$(eval $(call booted_test,rumpuser/cos/block,300,tests/rumpuser/cos/block.sh tests/rumpuser/cos/block.conf cos-block))
$(eval $(call booted_test,rumpuser/cos/block-fused,300,tests/rumpuser/cos/block.sh tests/rumpuser/cos/block-fused.conf cos-block-fused))

# A client of nic.
$(eval $(call rumpuser_client,wire,wire.c no_kernel.c))
$(eval $(call booted_test,rumpuser/cos/wire,300,tests/rumpuser/cos/wire.sh tests/rumpuser/cos/wire.conf cos-wire))
$(eval $(call booted_test,rumpuser/cos/wire-fused,300,tests/rumpuser/cos/wire.sh tests/rumpuser/cos/wire-fused.conf cos-wire-fused))

# Clients of bus.
$(eval $(call rumpuser_client,bus-client,bus.c no_kernel.c))
$(eval $(call booted_test,rumpuser/cos/bus,300,tests/rumpuser/cos/bus.sh))

# A component that ends by a hypercall, and one that calls it.
$(eval $(call rumpuser_client,ender,ender.c))
$(eval $(call component,ender_client,tests/rumpuser/cos/ender_client.c,$(LIBCOS)))
$(eval $(call booted_test,rumpuser/cos/ender,300,tests/rumpuser/cos/ender.sh))

# A driver that uses I/O ports and an interrupt line.
$(eval $(call rumpuser_client,legacy,legacy.c no_kernel.c))
$(eval $(call booted_test,rumpuser/cos/legacy,300,tests/rumpuser/cos/legacy.sh))
