# SPDX-License-Identifier: BSD-2-Clause
#
# Hosts of a rump kernel: rumpuser/posix (an ordinary process), rumpuser/cos (components).

RUMPUSER_POSIX_SRCS := $(wildcard rumpuser/posix/*.c)
RUMPUSER_COS_SRCS := $(wildcard rumpuser/cos/*.c)
RUMPUSER_TESTS_SRCS := $(wildcard rumpuser/tests/*.c)

RUMPUSER_INC := -Irumpuser -Irump/include
$(B)/cos/rumpuser/%.o $(B)/host/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC)

include rumpuser/cos/build.mk
