# SPDX-License-Identifier: BSD-2-Clause
#
# build/trace/kernel.o: the tracing kernel (trace.c), for `r2c run --trace`.

TRACE_OBJS := $(filter-out %/entry.S.o,$(KERNEL_CALLS_OBJS)) $(B)/trace/entry.S.o $(B)/trace/trace.c.o
TRACE_WRAPS := trap_syscall trap_operation trap_user trap_kernel machine_idle boot_mem_init

$(B)/trace/entry.S.o: kernel/x86_64/entry.S trace/entry.S.h $(B)/kernel/offsets.h
	@mkdir -p $(@D)
	$(CC) -g $(DEP) -Ikernel/include -Ikernel -Ikernel/x86_64 -I$(B)/kernel -include trace/entry.S.h -c -o $@ $<
$(B)/trace/trace.c.o: trace/trace.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -fno-lto -I. -c -o $@ $<
$(B)/trace/plain.o: $(TRACE_OBJS)
	ld -r $(addprefix --wrap=,$(TRACE_WRAPS)) -o $@ $^
ALL += $(B)/trace/kernel.o
