# SPDX-License-Identifier: BSD-2-Clause
#
# What the kernel costs: instructions of its paths, counted by QEMU; invocations on many cores; its longest ways.

KERNEL_BENCH := $(B)/bench/kernel
KERNEL_BENCH_OBJS := $(KERNEL_BENCH)/calls.S.o $(KERNEL_BENCH)/bench.c.o \
	$(B)/tests/kernel/boot/start.S.o $(B)/tests/kernel/boot/support.c.o

$(KERNEL_BENCH)/%.o: bench/kernel/%
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.c,$<),$(COS_CFLAGS),$(COS_ASFLAGS)) -Itests/kernel/boot -I. -c -o $@ $<
$(KERNEL_BENCH)/bench.elf: $(KERNEL_BENCH_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_BENCH_OBJS)

## bench-kernel   instructions of the kernel's paths, counted by QEMU; -kvm: ticks of this CPU
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
## bench-scaling  invocations on many cores
.PHONY: bench-scaling
bench-scaling: $(KERNEL_BENCH)/scaling.kernel
	bench/kernel/scaling.sh $<

# The longest ways through the kernel under its tests, the benchmark of the services, and programs.
LONGEST_WRAPS := trap_syscall trap_operation trap_user trap_kernel machine_idle machine_halt
LONGEST_IMAGES := $(addprefix $(KERNEL_BENCH)/,kernel-tests.longest services.longest programs.longest)
$(KERNEL_BENCH)/longest.c.o: bench/kernel/longest.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -fno-lto -I. -c -o $@ $<
$(KERNEL_BENCH)/plain.o: $(KERNEL_CALLS_OBJS) $(KERNEL_BENCH)/longest.c.o
	ld -r $(addprefix --wrap=,$(LONGEST_WRAPS)) -o $@ $^
$(KERNEL_BENCH)/kernel-tests.payload.o: $(B)/tests/kernel/boot.kernel
	cp $(B)/tests/kernel/boot.elf.payload.o $@
$(KERNEL_BENCH)/services.payload.o: bench/services.conf $(B)/component/bench-services.o
$(KERNEL_BENCH)/programs.payload.o: bench/kernel/programs.conf
$(KERNEL_BENCH)/services.payload.o $(KERNEL_BENCH)/programs.payload.o: r2c all
	./r2c build -o $(@:.payload.o=.elf) $(filter %.conf,$^)
	objcopy -O binary -j .image $(@:.payload.o=.elf) $(@:.o=)
	$(CC) -DPAYLOAD='"$(@:.o=)"' -c -o $@ tests/kernel/payload.S
# The disk of the programs.
$(KERNEL_BENCH)/programs.img: $(addprefix $(B)/linux/,threads exec files dirs mmap mmapfile pipes signals futex epoll \
		timers tcp unixsock)
	rm -rf $@ $(@:.img=.root)
	mkdir -p $(addprefix $(@:.img=.root)/,bin dev proc tmp/files tmp/dirs tmp/mmapfile tmp/unixsock)
	cp $^ $(@:.img=.root)/bin/
	mke2fs -q -t ext2 -d $(@:.img=.root) -E root_owner=0:0 $@ 64M >/dev/null
$(KERNEL_BENCH)/%.longest: $(KERNEL_BENCH)/kernel.o $(KERNEL_BENCH)/%.payload.o
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $^
## bench-longest  the longest ways through the kernel; -tests: in the systems of the tests
.PHONY: bench-longest
bench-longest: $(LONGEST_IMAGES) $(KERNEL_BENCH)/programs.img
	bench/kernel/longest.sh $(LONGEST_IMAGES)

# The same in the systems that the tests boot, without large downloads and CDs.
LONGEST_TESTS = $(filter-out system/web-% system/iso-% service/system netbsd/%,$(CORES_TESTS))
.PHONY: bench-longest-tests
bench-longest-tests: $(KERNEL_BENCH)/kernel.o
	$(MAKE) --no-print-directory test-build >&2
	bench/kernel/longest-tests.sh $< $(KERNEL_BENCH)/tree $(foreach t,$(LONGEST_TESTS),$(filter %:$(B)/test/$(t),$(TEST_SPECS)))
