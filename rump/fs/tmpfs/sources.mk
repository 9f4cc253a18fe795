# SPDX-License-Identifier: BSD-2-Clause
# The file system tmpfs.
RUMP_FS_SRCS += $(wildcard rump/fs/tmpfs/*.c)
