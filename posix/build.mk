# SPDX-License-Identifier: BSD-2-Clause

POSIX_SRCS := $(wildcard posix/*.c) $(wildcard posix/linux/*.c)
POSIX_MACHINE_SRCS := posix/x86_64/gate.S posix/x86_64/fpu.S posix/x86_64/cpu.c
POSIX_INC := -iquote posix -Irump/include

$(B)/cos/posix/%.o $(B)/host/posix/%.o: XCFLAGS += $(POSIX_INC)

$(eval $(call component,posix,$(POSIX_SRCS) $(POSIX_MACHINE_SRCS),$(LIBCOS)))
