# SPDX-License-Identifier: BSD-2-Clause
RUMP_FS_SRCS += $(wildcard rump/fs/ext2/*.c)
