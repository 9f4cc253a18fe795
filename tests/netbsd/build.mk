# SPDX-License-Identifier: BSD-2-Clause
# NetBSD's unmodified rump kernel in the place of the one in this tree, where RUMP_PREFIX says that it is.

# In what it differs from Linux is in differs/; docs/netbsd.md says why.

$(eval $(call script_test,netbsd/linux,1500,tests/netbsd/with.sh linux tests/linux/differ.sh --known tests/netbsd/differs system/run-netbsd.conf netbsd-linux,$(LINUX_PROGRAMS)))
$(eval $(call script_test,netbsd/write,900,tests/netbsd/with.sh write tests/write/write.sh system/run-netbsd.conf netbsd-write,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call script_test,netbsd/etfs,900,tests/netbsd/with.sh etfs tests/write/write.sh tests/netbsd/etfs.conf netbsd-etfs,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call script_test,netbsd/ffs,700,tests/netbsd/with.sh ffs tests/netbsd/ffs.sh,$(B)/linux/copytree $(B)/web/mktree))
$(eval $(call script_test,netbsd/web,2400,tests/netbsd/with.sh web tests/web/web.sh system/web-netbsd.conf netbsd-web,$(B)/web/test.img))
$(eval $(call script_test,netbsd/virtif,1200,tests/netbsd/with.sh virtif tests/netbsd/virtif.sh,$(B)/web/small.img $(B)/network/reach))

# A client of two rump kernels.
$(eval $(call component,shmif-client,tests/netbsd/shmif.c,$(LIBCOS)))
$(call cos_objs,tests/netbsd/shmif.c): XCFLAGS := $(RUMPUSER_INC)
$(eval $(call script_test,netbsd/shmif,600,tests/netbsd/with.sh shmif tests/netbsd/shmif.sh))
