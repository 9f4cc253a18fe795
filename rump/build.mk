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
