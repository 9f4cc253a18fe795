# SPDX-License-Identifier: BSD-2-Clause
#
# Tests of ext2: a rump kernel with it on the POSIX host, against images that mke2fs makes.

EXT2_TEST_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_TMPFS_SRCS) $(RUMP_EXT2_SRCS) \
	$(wildcard rumpuser/*.c rumpuser/posix/*.c) tests/rump/fs/ext2/image.c tests/rump/fs/ext2/walk.c

$(foreach t,$(filter-out image walk,$(basename $(notdir $(wildcard tests/rump/fs/ext2/*.c)))),$(eval \
	$(call host_test,rump/fs/ext2/$(t),tests/rump/fs/ext2/$(t).c $(EXT2_TEST_SRCS))))
