# SPDX-License-Identifier: BSD-2-Clause
#
# The tests of the kernel: booted (boot/: a first component that tries every operation), on a host (host/), of a kernel
# that fails (crash/), and of models (kernel/proof).

KERNEL_TEST := $(B)/tests/kernel
KERNEL_TEST_OBJS := $(patsubst tests/%,$(B)/tests/%.o,$(wildcard tests/kernel/boot/*.[cS])) \
	$(call cos_objs,service/boot/cores.c service/acpi/acpi.c)

$(KERNEL_TEST)/boot/%.o: tests/kernel/boot/%
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.c,$<),$(COS_CFLAGS),$(COS_ASFLAGS)) -Itests/kernel/boot -Ikernel/x86_64 -I. -c -o $@ $<
$(KERNEL_TEST)/boot.elf: $(KERNEL_TEST_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_TEST_OBJS)
# A bootable image of an ELF executable.
$(B)/%.kernel: $(B)/%.elf tests/kernel/payload.S tests/kernel/payload.py $(B)/kernel/kernel.o \
		$(B)/kernel/kernel.ld
	tests/kernel/payload.py $< $<.payload
	$(CC) -DPAYLOAD='"$<.payload"' -c -o $<.payload.o tests/kernel/payload.S
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $(B)/kernel/kernel.o $<.payload.o

# The same with the checked kernel (check.c).
KERNEL_CHECKED_OBJS := $(KERNEL_CALLS_OBJS) $(KERNEL_TEST)/checked/check.c.o
$(KERNEL_TEST)/checked/%.c.o: tests/kernel/%.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -fno-lto -I. -c -o $@ $<
$(KERNEL_TEST)/checked/plain.o: $(KERNEL_CHECKED_OBJS)
	ld -r $(addprefix --wrap=,trap_syscall trap_operation trap_user pgtbl_map pgtbl_link) -o $@ $^
$(KERNEL_TEST)/checked.kernel: $(KERNEL_TEST)/boot.kernel $(KERNEL_TEST)/checked/kernel.o
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $(KERNEL_TEST)/checked/kernel.o \
		$(KERNEL_TEST)/boot.elf.payload.o

.PHONY: test-kernel
test-kernel: $(KERNEL_TEST)/boot.kernel
	tests/kernel/run.sh $<

# A kernel that fails when asked to (crash/hook.c), compiled and linked like the usual one.
KERNEL_CRASH := $(KERNEL_TEST)/crash
KERNEL_CRASH_OBJS := $(KERNEL_CRASH)/main.c.o $(filter-out %/main.c.o,$(KERNEL_TEST_OBJS))
$(KERNEL_CRASH)/main.c.o: tests/kernel/crash/main.c
	@mkdir -p $(@D)
	$(CC) $(COS_CFLAGS) -Itests/kernel/boot -c -o $@ $<
$(KERNEL_CRASH)/hook.c.o: tests/kernel/crash/hook.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -c -o $@ $<
$(KERNEL_CRASH)/io.c.o: kernel/x86_64/io.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -Dport_in=port_in_real -Dserial_room=serial_room_real \
		-Dserial_put=serial_put_real -c -o $@ $<
$(KERNEL_CRASH)/plain.o: $(filter-out %/io.c.o,$(KERNEL_OBJS)) $(KERNEL_CRASH)/io.c.o $(KERNEL_CRASH)/hook.c.o
	$(KERNEL_LINK) -o $@ $^
$(KERNEL_CRASH)/main.elf: $(KERNEL_CRASH_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_CRASH_OBJS)
$(KERNEL_CRASH)/crash.kernel: $(KERNEL_CRASH)/main.kernel $(KERNEL_CRASH)/kernel.o
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $(KERNEL_CRASH)/kernel.o \
		$(KERNEL_CRASH)/main.elf.payload.o
$(eval $(call script_test,kernel/crash/run,300,tests/kernel/crash/run.sh $(KERNEL_CRASH)/crash.kernel,$(KERNEL_CRASH)/crash.kernel))

# The machine-independent objects of the kernel on the host, with the tests' machine.h.
KERNEL_HOST_OBJS := $(addprefix $(KERNEL_TEST)/host/,captbl.o mem.o pgtbl.o objects_test.o)
KERNEL_HOST_FLAGS := $(HOST_CFLAGS) -Itests/kernel/host -Ikernel -Ikernel/x86_64

$(KERNEL_TEST)/host/%.o: kernel/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(KERNEL_HOST_FLAGS) -c -o $@ $<
$(KERNEL_TEST)/host/%.o: tests/kernel/host/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(KERNEL_HOST_FLAGS) -c -o $@ $<
HOST_TESTS += $(addprefix $(B)/test/kernel/host/,objects model stacks)
$(B)/test/kernel/host/stacks: $(addprefix $(KERNEL_TEST)/host/,captbl.o mem.o pgtbl.o inv.o thd.o comp.o stacks_test.o)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^
$(B)/test/kernel/host/model: $(addprefix $(KERNEL_TEST)/host/,captbl.o mem.o pgtbl.o model_test.o)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^
$(B)/test/kernel/host/objects: $(KERNEL_HOST_OBJS)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ -lcmocka

# On 1 to 8 cores (on 2 with enough memory for a super-page of 1 GiB); checked, with a million random operations.
$(foreach n,1 2 4 8,$(eval $(call script_test,kernel/boot-$(n),300,tests/kernel/run.sh $(KERNEL_TEST)/boot.kernel -smp $(n) $(if $(filter 2,$(n)),-m 4G),$(KERNEL_TEST)/boot.kernel)))

$(eval $(call script_test,kernel/checked,300,tests/kernel/run.sh $(KERNEL_TEST)/checked.kernel -smp 4 -append random-ops=1000000,$(KERNEL_TEST)/checked.kernel))

# The kernel as clang compiles it: the other make knows what is out of date.
.PHONY: $(B)/clang/tests/kernel/boot.kernel
$(B)/clang/tests/kernel/boot.kernel:
	$(MAKE) --no-print-directory CC=clang B=$(B)/clang $@
$(eval $(call script_test,kernel/clang,300,tests/kernel/run.sh $(B)/clang/tests/kernel/boot.kernel -smp 2,$(B)/clang/tests/kernel/boot.kernel))

# A CPU with PCIDs, which QEMU does not emulate.
$(eval $(call script_test,kernel/pcid,500,tests/kernel/pcid.sh tests/service/system/isolated.conf,$(SERVICE_NEEDS)))

# Models of the kernel's protocols (kernel/proof), and of variants with a planted defect, which must fail.
## prove          the models of the kernel's protocols (kernel/proof), by spin
.PHONY: prove
prove:
	tools/debian/packages.sh build test
	tests/kernel/prove.sh $(B)/proof
$(eval $(call script_test,kernel/prove,600,tests/kernel/prove.sh $(B)/proof))
