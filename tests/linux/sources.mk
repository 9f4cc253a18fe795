# SPDX-License-Identifier: BSD-2-Clause
# Programs for Linux, which tests run here and on Linux itself.

LINUX_NAMES := $(basename $(notdir $(wildcard tests/linux/*.c)))
LINUX_PROGRAMS := $(addprefix $(B)/linux/,$(LINUX_NAMES) threads-glibc signals-glibc input)
LINUX_CFLAGS := -std=gnu17 -O1 -g -D_GNU_SOURCE -Wall -Wextra -Wno-nonnull -Wno-restrict \
	-Wno-stringop-overflow -Wno-unused-result -static -MMD -MP
