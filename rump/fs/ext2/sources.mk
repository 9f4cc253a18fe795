# SPDX-License-Identifier: BSD-2-Clause
# The file system ext2.
RUMP_FS_SRCS += $(wildcard rump/fs/ext2/*.c)
