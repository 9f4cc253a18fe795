# SPDX-License-Identifier: BSD-2-Clause
#
# Instructions of the kernel's paths, counted by QEMU.

KERNEL_BENCH := $(B)/bench/kernel
KERNEL_BENCH_OBJS := $(KERNEL_BENCH)/calls.S.o $(KERNEL_BENCH)/bench.c.o \
	$(B)/tests/kernel/boot/start.S.o $(B)/tests/kernel/boot/support.c.o

$(KERNEL_BENCH)/%.o: bench/kernel/%
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.c,$<),$(COS_CFLAGS),$(COS_ASFLAGS)) -Itests/kernel/boot -I. -c -o $@ $<
$(KERNEL_BENCH)/bench.elf: $(KERNEL_BENCH_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_BENCH_OBJS)

.PHONY: bench-kernel
bench-kernel: $(KERNEL_BENCH)/bench.kernel
	tests/kernel/run.sh $< -icount shift=0,sleep=off

# The same in ticks of the TSC, on this machine's CPU.
.PHONY: bench-kernel-kvm
bench-kernel-kvm: $(KERNEL_BENCH)/bench.kernel
	@. tests/lib.sh && [ "$$(accelerator)" = kvm ] || \
		{ echo "bench-kernel-kvm: the CPU has no virtualization, or /dev/kvm cannot be opened" >&2; exit 1; }
	tests/kernel/run.sh $< -accel kvm -cpu host -append cycles=1

# Invocations on many cores.
KERNEL_SCALING_OBJS := $(KERNEL_BENCH)/calls.S.o $(KERNEL_BENCH)/scaling.c.o \
	$(patsubst %,$(B)/%.o,$(filter-out %/main.c,$(wildcard tests/kernel/boot/*.[cS]))) \
	$(call cos_objs,service/boot/cores.c service/acpi/acpi.c)
$(KERNEL_BENCH)/scaling.elf: $(KERNEL_SCALING_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_SCALING_OBJS)
.PHONY: bench-scaling
bench-scaling: $(KERNEL_BENCH)/scaling.kernel
	bench/kernel/scaling.sh $<

# The longest ways through the kernel, while it does what its tests and the benchmark of the services ask for.
LONGEST_WRAPS := trap_syscall trap_operation trap_user trap_kernel machine_idle machine_halt
LONGEST_IMAGES := $(addprefix $(KERNEL_BENCH)/,kernel-tests.longest services.longest)
$(KERNEL_BENCH)/longest.c.o: bench/kernel/longest.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -fno-lto -I. -c -o $@ $<
$(KERNEL_BENCH)/plain.o: $(KERNEL_CALLS_OBJS) $(KERNEL_BENCH)/longest.c.o
	ld -r $(addprefix --wrap=,$(LONGEST_WRAPS)) -o $@ $^
$(KERNEL_BENCH)/kernel-tests.payload.o: $(B)/tests/kernel/boot.kernel
	cp $(B)/tests/kernel/boot.elf.payload.o $@
$(KERNEL_BENCH)/services.payload.o: bench/services.conf r2c all $(B)/component/bench-services.o
	./r2c build -o $(KERNEL_BENCH)/services.elf $<
	objcopy -O binary -j .image $(KERNEL_BENCH)/services.elf $(KERNEL_BENCH)/services.payload
	$(CC) -DPAYLOAD='"$(KERNEL_BENCH)/services.payload"' -c -o $@ tests/kernel/payload.S
$(KERNEL_BENCH)/%.longest: $(KERNEL_BENCH)/kernel.o $(KERNEL_BENCH)/%.payload.o
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $^
.PHONY: bench-longest
bench-longest: $(LONGEST_IMAGES)
	bench/kernel/longest.sh $^
