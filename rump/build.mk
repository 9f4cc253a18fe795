# SPDX-License-Identifier: BSD-2-Clause
#
# The rump kernel. A source list a part; what is in a folder joins it without being named here.
# Which parts make a component (storage, network) is said where components are declared.

RUMP_KERN_SRCS := $(wildcard rump/kern/*.c)
RUMP_VFS_SRCS := $(wildcard rump/vfs/*.c)
RUMP_TMPFS_SRCS := $(wildcard rump/fs/tmpfs/*.c)
RUMP_EXT2_SRCS := $(wildcard rump/fs/ext2/*.c)
RUMP_MD_SRCS := $(wildcard rump/dev/md/*.c)
RUMP_VIRTIO_SRCS := $(wildcard rump/dev/virtio/*.c)
RUMP_NET_SRCS := $(wildcard rump/net/*.c)

RUMP_INC := -Irump -Irump/include -Irumpuser
$(B)/cos/rump/%.o $(B)/host/rump/%.o: XCFLAGS += $(RUMP_INC)

include $(wildcard rump/*/*.mk rump/*/*/*.mk)
$(B)/host/tests/rump/%.o: XCFLAGS += $(RUMP_INC)

# A rump kernel of the file system faction on the POSIX host, for tests. (Not the _SRCS lists of
# rumpuser/build.mk: it is read after this file.)
RUMP_HOST_FS_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_TMPFS_SRCS) $(RUMP_MD_SRCS) \
	$(wildcard rumpuser/*.c rumpuser/posix/*.c)

$(eval $(call host_test,rump-kern,tests/rump/kern/test_kern.c $(RUMP_HOST_FS_SRCS)))
$(eval $(call host_test,rump-hash,tests/rump/kern/test_hash.c $(RUMP_HOST_FS_SRCS)))
$(eval $(call host_test,rump-files,tests/rump/vfs/test_files.c $(RUMP_HOST_FS_SRCS)))
$(eval $(call host_test,rump-buf,tests/rump/vfs/test_buf.c $(RUMP_HOST_FS_SRCS)))
