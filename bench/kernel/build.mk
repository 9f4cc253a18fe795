# SPDX-License-Identifier: BSD-2-Clause
#
# Instructions of the kernel's paths, counted by QEMU.

KERNEL_BENCH := $(B)/bench/kernel
KERNEL_BENCH_OBJS := $(KERNEL_BENCH)/calls.S.o $(KERNEL_BENCH)/bench.c.o \
	$(B)/tests/kernel/boot/start.S.o $(B)/tests/kernel/boot/support.c.o

$(KERNEL_BENCH)/%.o: bench/kernel/%
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.c,$<),$(COS_CFLAGS),$(COS_ASFLAGS)) -Itests/kernel/boot -c -o $@ $<
$(KERNEL_BENCH)/bench.elf: $(KERNEL_BENCH_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_BENCH_OBJS)

.PHONY: bench-kernel
bench-kernel: $(KERNEL_BENCH)/bench.kernel
	tests/kernel/run.sh $< -icount shift=0,sleep=off
