# SPDX-License-Identifier: BSD-2-Clause
# The component posix.

POSIX_SRCS := $(wildcard posix/*.c posix/*/*.c posix/signal/x86_64/*.c)
POSIX_MACHINE_SRCS := $(wildcard posix/arch/x86_64/*.c posix/arch/x86_64/*.S)
POSIX_INC := -iquote posix -Irump/include

$(B)/cos/posix/%.o $(B)/host/posix/%.o: XCFLAGS += $(POSIX_INC)

$(eval $(call component,posix,$(POSIX_SRCS) $(POSIX_MACHINE_SRCS),$(LIBCOS)))
