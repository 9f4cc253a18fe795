/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core's descriptor tables, registers and stacks; its FPU; the kernel's half of page tables;
 * further cores.
 */
#ifndef X86_64_CPU_H
#define X86_64_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

struct thd;

/* The registers, as entry.S pushes them for an exception or interrupt in the kernel. */
struct trap_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	uint64_t vector, error, ip, cs, flags, sp, ss;
};

/* All that is one core's: descriptor tables, stacks, struct cpu. */
struct percore;

/* entry.S: resume the running thread (cpu()->thd). */
noreturn void entry_resume(void);
/*
 * Set up the first core. Panics when the CPU lacks what the kernel needs. Afterwards cpu() works
 * and exceptions are caught.
 */
void cpu_init(void);
/* A further core has COS_CORE_PAGES zeroed pages: where its stack is, and what it calls itself. */
uint64_t cpu_stack(struct percore *core);
void cpu_init_core(struct percore *core);
/* smp.c: copy what further cores start with to the first MiB, early, while that is mapped. */
void smp_prepare(void);

/*
 * The FPU. A thread that has not used it runs with CR0.TS set; its first use (#NM) gives it a fresh
 * state. From then on its state is saved and restored at every switch of threads, so no thread sees
 * another's.
 */
/* Set up this core's. Panics when the CPU lacks XSAVE. */
void fpu_init(void);
/* #NM of the running thread. False: it has the FPU already. */
bool fpu_first_use(struct thd *thd);

/*
 * Build the upper half of every address space and switch to it: RAM in the direct map, the kernel
 * by section, nothing both writable and executable.
 */
void kmap_init(void);
/* Switch a further core to it. */
void kmap_init_core(void);
/* Map a page of device registers, while booting. */
volatile void *kmap_device(uint64_t pa);

#endif
