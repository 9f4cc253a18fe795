# SPDX-License-Identifier: BSD-2-Clause
RUMP_PART_SRCS := $(wildcard rump/dev/part/*.c)

$(eval $(call host_test,rump/dev/part,tests/rump/dev/part/part.c $(RUMP_KERN_SRCS) $(RUMP_PART_SRCS) $(wildcard rumpuser/*.c rumpuser/posix/*.c)))
