# SPDX-License-Identifier: BSD-2-Clause
# A rump kernel with its file systems, in an ordinary process.
RUMP_HOST_FS_SRCS = $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(RUMP_FS_SRCS) $(RUMP_MD_SRCS) $(RUMPUSER_POSIX_SRCS)
