# SPDX-License-Identifier: BSD-2-Clause
# The hosts of a rump kernel: rumpuser/posix (an ordinary process), rumpuser/cos (components).

RUMPUSER_POSIX_SRCS := $(wildcard rumpuser/*.c rumpuser/posix/*.c)
RUMPUSER_COS_SRCS := $(wildcard rumpuser/*.c rumpuser/cos/*.c)

RUMPUSER_INC := -Irumpuser -Irump/include
