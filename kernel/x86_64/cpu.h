/* SPDX-License-Identifier: BSD-2-Clause */
/* This core's descriptor tables, registers and stacks. */
#ifndef X86_64_CPU_H
#define X86_64_CPU_H

#include <stdint.h>
#include <stdnoreturn.h>

/* Registers as x86_64/entry.S pushes them for an exception in the kernel. */
struct trap_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	uint64_t vector, error, ip, cs, flags, sp, ss;
};

/* What a core has: its tables, stacks, and struct cpu. */
struct percore;

/* entry.S: run the thread that cpu() says. */
noreturn void entry_resume(void);
/* The first core. Panics when the CPU lacks what the kernel needs. Afterwards cpu() works and
 * exceptions are caught. */
void cpu_init(void);
/* For a further one: COS_CORE_PAGES zeroed pages; and on it. */
uint64_t cpu_stack(struct percore *core);
void cpu_init_core(struct percore *core);
/* smp.c, early, while the first MiB is mapped: where further ones start. */
void smp_prepare(void);

#endif
