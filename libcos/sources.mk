# SPDX-License-Identifier: BSD-2-Clause
# LIBCOS: third argument of $(call component,...). build/libcos/domain.o: see README.md.

LIBCOS := $(B)/libcos/component.a
LIBCOS_DOMAIN := $(B)/libcos/domain.o
