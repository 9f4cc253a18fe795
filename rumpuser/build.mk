# SPDX-License-Identifier: BSD-2-Clause
#
# Hosts of a rump kernel: rumpuser/posix (an ordinary process), rumpuser/cos (components).

RUMPUSER_POSIX_SRCS := $(wildcard rumpuser/posix/*.c) rumpuser/component.c
RUMPUSER_COS_SRCS := $(wildcard rumpuser/cos/*.c)
RUMPUSER_TESTS_SRCS := $(wildcard rumpuser/tests/*.c)

RUMPUSER_INC := -Irumpuser -Irump/include
$(B)/cos/rumpuser/%.o $(B)/host/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC)

include rumpuser/cos/build.mk
$(B)/host/tests/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC) -Irumpuser/tests

$(eval $(call host_test,rumpuser-posix,tests/rumpuser/test_posix.c $(RUMPUSER_TESTS_SRCS) \
	$(RUMPUSER_POSIX_SRCS)))
