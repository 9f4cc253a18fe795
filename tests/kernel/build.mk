# SPDX-License-Identifier: BSD-2-Clause
#
# The kernel's test that boots: a first component of its own (boot/) tries every operation.

KERNEL_TEST := $(B)/tests/kernel
KERNEL_TEST_OBJS := $(patsubst tests/%,$(B)/tests/%.o,$(wildcard tests/kernel/boot/*.[cS]))

$(KERNEL_TEST)/boot/%.o: tests/kernel/boot/%
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.c,$<),$(COS_CFLAGS),$(COS_ASFLAGS)) -Itests/kernel/boot -c -o $@ $<
$(KERNEL_TEST)/boot.elf: $(KERNEL_TEST_OBJS) tests/kernel/boot/test.ld
	ld -nostdlib -z max-page-size=4096 -T tests/kernel/boot/test.ld -o $@ $(KERNEL_TEST_OBJS)
# An image that boots, of an ELF executable.
$(B)/%.kernel: $(B)/%.elf tests/kernel/payload.S tests/kernel/payload.py $(B)/kernel/kernel.o \
		$(B)/kernel/kernel.ld
	tests/kernel/payload.py $< $<.payload
	$(CC) -DPAYLOAD='"$<.payload"' -c -o $<.payload.o tests/kernel/payload.S
	ld -nostdlib -z max-page-size=4096 -T $(B)/kernel/kernel.ld -o $@ $(B)/kernel/kernel.o $<.payload.o

.PHONY: test-kernel
test-kernel: $(KERNEL_TEST)/boot.kernel
	tests/kernel/run.sh $<
