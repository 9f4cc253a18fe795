/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor state of a program that is in posix. Implemented in x86_64/; the host's tests
 * (tests/posix/run.c) have an implementation of their own, since there is no gate.
 */
#ifndef POSIX_ARCH_CPU_H
#define POSIX_ARCH_CPU_H

#include <stdint.h>

/*
 * The registers of a program at its system call, as arch/x86_64/gate.S pushes them on the thread's
 * stack and pops them on the way out. The rest (ip, sp, flags, rbx, rbp, rdi) is in the kernel's
 * frame (COS_SELF_CALLER_*); the instruction itself overwrites rcx and r11.
 */
struct gate_frame {
	uint64_t number; /* rax */
	uint64_t arg[6]; /* rdi rsi rdx r10 r8 r9 */
	uint64_t r12, r13, r14, r15;
};

/* Every register, numbered as COS_REG_*. */
struct cpu_regs {
	uint64_t r[18];
};

/* All registers of the kernel's innermost frame; those that a gate frame lacks stay as they are. */
void cpu_frame_get(struct cpu_regs *regs);
void cpu_frame_set(unsigned reg, uint64_t value);

uint64_t cpu_fs_base_get(void);
void cpu_fs_base_set(uint64_t base);
uint64_t cpu_gs_base_get(void);
void cpu_gs_base_set(uint64_t base);

/*
 * The calling thread's FPU, SSE and AVX state: bytes that a save needs, saving to and loading from
 * an address aligned to 64 (features: the XSAVE mask, 0 where there is only FXSAVE), and the state
 * of a new program.
 */
#define CPU_FXSAVE_SIZE 512
uint64_t cpu_fpu_features(void);
unsigned long cpu_fpu_size(void);
void cpu_fpu_save(void *area, uint64_t features);
void cpu_fpu_load(const void *area, uint64_t features);
void cpu_fpu_reset(void);

/* AT_HWCAP: CPUID leaf 1, edx. */
uint64_t cpu_hwcap(void);

/* 64 bits of the processor's random generator; without one, of its cycle counter. */
uint64_t cpu_random(void);

#endif
