/* SPDX-License-Identifier: BSD-2-Clause */
/* Control registers, MSRs and instructions of the CPU. */
#ifndef X86_64_X86_H
#define X86_64_X86_H

/* SDM 3A, 2.5; SDM 4 */
#define CR0_PE 0x1
#define CR0_MP 0x2
#define CR0_TS 0x8
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define CR4_MCE 0x40
#define CR4_OSFXSR 0x200
#define CR4_OSXMMEXCPT 0x400
#define CR4_UMIP 0x800
#define CR4_FSGSBASE 0x10000
#define CR4_PCIDE 0x20000
#define CR4_OSXSAVE 0x40000
#define CR4_SMEP 0x100000
#define CR4_SMAP 0x200000
#define CR3_NOFLUSH 0x8000000000000000UL

#define MSR_APIC_BASE 0x1b
#define MSR_MCG_CAP 0x179
#define MSR_MCG_CTL 0x17b
#define MSR_SYSENTER_CS 0x174
#define MSR_MC_CTL(bank) (0x400 + 4 * (bank))
#define MSR_TSC_DEADLINE 0x6e0
#define MSR_X2APIC 0x800 /* + register / 16 */
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_CSTAR 0xc0000083
#define MSR_FMASK 0xc0000084
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX 0xc0000103
#define EFER_SCE 0x1
#define EFER_LME 0x100
#define EFER_NXE 0x800

/* The flags that SYSCALL clears: TF, IF, DF, IOPL, NT, RF, AC. */
#define FMASK_FLAGS 0x57700

#ifndef __ASSEMBLER__
#include <stdint.h>

struct cpuid {
	uint32_t a, b, c, d;
};

static inline struct cpuid x86_cpuid(uint32_t leaf, uint32_t sub)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(sub));
	return r;
}

/* a * b / c, by 128 bits in between. The result must fit. */
static inline uint64_t x86_muldiv(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t high;

	__asm__("mulq %2\n\tdivq %3" : "+a"(a), "=&d"(high) : "r"(b), "r"(c) : "cc");
	return a;
}

static inline uint64_t x86_rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void x86_wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

#define X86_CR(n)                                                              \
	static inline uint64_t x86_read_cr##n(void)                            \
	{                                                                      \
		uint64_t value;                                                \
		__asm__ volatile("mov %%cr" #n ", %0" : "=r"(value));          \
		return value;                                                  \
	}                                                                      \
	static inline void x86_write_cr##n(uint64_t value)                     \
	{                                                                      \
		__asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory"); \
	}
X86_CR(0)
X86_CR(2)
X86_CR(3)
X86_CR(4)
#endif

#endif
