# SPDX-License-Identifier: BSD-2-Clause
# NetBSD's unmodified rump kernel in the place of the one in this tree, where RUMP_PREFIX says that it is.

# The differences from Linux are in differs/; docs/netbsd.md explains them.

$(eval $(call booted_test,netbsd/linux,1500,tests/netbsd/with.sh tests/linux/differ.sh --known tests/netbsd/differs system/run-netbsd.conf,$(LINUX_PROGRAMS)))
$(eval $(call booted_test,netbsd/write,900,tests/netbsd/with.sh tests/system/write/write.sh system/run-netbsd.conf,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call booted_test,netbsd/etfs,900,tests/netbsd/with.sh tests/system/write/write.sh tests/netbsd/etfs.conf,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call booted_test,netbsd/ffs,700,tests/netbsd/with.sh tests/netbsd/ffs.sh,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call booted_test,netbsd/web,2400,tests/netbsd/with.sh tests/system/web/web.sh system/web-netbsd.conf,$(B)/web/test.img))
$(eval $(call booted_test,netbsd/virtif,1200,tests/netbsd/with.sh tests/netbsd/virtif.sh,$(B)/web/small.img $(B)/tests/system/network/reach))

# A client of two rump kernels.
$(eval $(call component,shmif-client,tests/netbsd/shmif.c,$(LIBCOS)))
$(call cos_objs,tests/netbsd/shmif.c): XCFLAGS := $(RUMPUSER_INC)
$(eval $(call booted_test,netbsd/shmif,600,tests/netbsd/with.sh tests/netbsd/shmif.sh))
