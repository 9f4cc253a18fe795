# SPDX-License-Identifier: BSD-2-Clause
# LIBCOS: third argument of $(call component,...). build/libcos/domain.o: see README.md.

LIBCOS := $(B)/libcos/component.a
LIBCOS_DOMAIN := $(B)/libcos/domain.o
LIBCOS_DOMAIN_SRC := libcos/x86_64/entry.S libcos/x86_64/copy.S
LIBCOS_SRC := $(wildcard libcos/*.c) libcos/x86_64/thread.S libcos/x86_64/memory.S

$(LIBCOS): $(call cos_objs,$(LIBCOS_SRC))
	@mkdir -p $(@D)
	rm -f $@
	ar rcs $@ $^

$(LIBCOS_DOMAIN): $(call cos_objs,$(LIBCOS_DOMAIN_SRC))
	@mkdir -p $(@D)
	ld -r -o $@ $^

ALL += $(LIBCOS) $(LIBCOS_DOMAIN)
