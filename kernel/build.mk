# SPDX-License-Identifier: BSD-2-Clause
#
# The kernel: build/kernel/kernel.o is all of it, relocatable. With a payload and kernel.ld it becomes a
# bootable image (the command is in x86_64/kernel.ld).

KERNEL_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -ffreestanding -nostdinc -fno-pic -fno-pie \
	-mcmodel=kernel -mgeneral-regs-only -mno-red-zone -fno-stack-protector \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-common -fcf-protection=none \
	-isystem $(shell $(CC) -print-file-name=include) \
	-Ikernel/include -Ikernel -Ikernel/x86_64
# KERNEL_LINK makes one object of the kernel's. gcc compiles them as one unit at that point (-flto). clang's LTO
# needs its own linker, so clang compiles them one by one. clang ignores the attribute by which some functions
# have no frame pointer.
ifneq ($(findstring clang,$(notdir $(CC))),)
KERNEL_CFLAGS += -mstack-alignment=8 -Wno-unknown-attributes
KERNEL_LINK = ld -r
KERNEL_OFFSETS_FLAGS := -fno-integrated-as
else
KERNEL_CFLAGS += -mpreferred-stack-boundary=3 -flto
KERNEL_LINK = $(CC) $(KERNEL_CFLAGS) -r -nostdlib -flinker-output=nolto-rel
endif
KERNEL_SOURCES := $(filter-out %/offsets.c,$(wildcard kernel/*.c kernel/x86_64/*.c kernel/x86_64/*.S))
KERNEL_OBJS := $(patsubst %,$(B)/%.o,$(KERNEL_SOURCES))

$(B)/kernel/%.c.o: kernel/%.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -c -o $@ $<
$(B)/kernel/%.S.o: kernel/%.S
	@mkdir -p $(@D)
	$(CC) -g $(DEP) -Ikernel/include -Ikernel -Ikernel/x86_64 -I$(B)/kernel -c -o $@ $<
$(B)/kernel/x86_64/entry.S.o: $(B)/kernel/offsets.h
$(B)/kernel/offsets.s: kernel/x86_64/offsets.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) $(KERNEL_OFFSETS_FLAGS) -fno-lto -S -o $@ $<
$(B)/kernel/offsets.h: $(B)/kernel/offsets.s
	sed -n 's/^@/#define/p' $< >$@
$(B)/kernel/plain.o: $(KERNEL_OBJS)
	$(KERNEL_LINK) -o $@ $^
# The same objects without inlining between them, so that other kernels (trace/, tests/kernel) can wrap functions.
KERNEL_CALLS_OBJS := $(patsubst kernel/%.c,$(B)/kernel/calls/%.c.o,$(filter %.c,$(KERNEL_SOURCES))) \
	$(patsubst %,$(B)/%.o,$(filter %.S,$(KERNEL_SOURCES)))
$(B)/kernel/calls/%.c.o: kernel/%.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -fno-lto -c -o $@ $<
# The kernel with its table of symbols, for the backtrace of a panic. The table comes behind all text and so moves no
# function: the second linking, with the table, must give the same table.
%/kernel.o: %/plain.o kernel/x86_64/kernel.ld kernel/x86_64/symbols.awk
	$(call kernel_symbols,$<,$(@D)/symbols.S)
	$(CC) -c -o $(@D)/symbols.o $(@D)/symbols.S
	ld -r -o $@ $< $(@D)/symbols.o
	$(call kernel_symbols,$@,$(@D)/symbols.again)
	cmp $(@D)/symbols.S $(@D)/symbols.again
kernel_symbols = ld -nostdlib -z max-page-size=4096 -T kernel/x86_64/kernel.ld -o $(@D)/linked $(1) && \
	nm -n $(@D)/linked | awk -f kernel/x86_64/symbols.awk >$(2)
$(B)/kernel/kernel.ld: kernel/x86_64/kernel.ld
	@mkdir -p $(@D)
	cp $< $@

.PHONY: kernel
kernel: $(B)/kernel/kernel.o $(B)/kernel/kernel.ld
ALL += $(B)/kernel/kernel.o $(B)/kernel/kernel.ld

-include bench/kernel/build.mk
