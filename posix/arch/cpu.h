/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What posix does with a program's processor state. Implemented in x86_64/; the tests have their
 * own, since on a host there is no gate.
 */
#ifndef POSIX_ARCH_CPU_H
#define POSIX_ARCH_CPU_H

#include <stdint.h>

/*
 * The registers of a program at its system call, as arch/x86_64/gate.S lays them on the thread's stack
 * and loads them again on the way out. The rest (ip, sp, flags, rbx, rbp, rdi) is in the kernel's
 * frame (COS_SELF_CALLER_*); rcx and r11 are lost by the instruction itself.
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

/* All registers of the topmost frame; those that a gate frame lacks are left alone. */
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

/* 64 bits of hardware randomness or of the cycle counter. */
uint64_t cpu_random(void);

#endif
