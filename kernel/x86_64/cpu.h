/* SPDX-License-Identifier: BSD-2-Clause */
/* A core's descriptor tables, registers and stacks, its FPU, and the kernel's own page tables. */
#ifndef X86_64_CPU_H
#define X86_64_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

struct thd;

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

/*
 * FPU state: a thread that has not used the FPU runs with CR0.TS set; its first use (#NM) gives it
 * a fresh state. From then on its state is saved and restored with every switch, so none ever sees
 * another's.
 */
/* Of this core. Panics when the CPU lacks XSAVE. */
void fpu_init(void);
/* #NM of the running thread: false when it has the FPU already. */
bool fpu_first_use(struct thd *thd);

/* The upper half of every address space. */
/* Build it and switch to it: RAM in the direct map, the kernel by section, W^X throughout. */
void kmap_init(void);
/* Of a further core: switch to it. */
void kmap_init_core(void);
/* Map a page of device registers, while booting. */
volatile void *kmap_device(uint64_t pa);

#endif
