/* SPDX-License-Identifier: BSD-2-Clause */
/* The FPU's state of threads (cpu.h). */
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "x86.h"

#define XCR0_X87 (1u << 0)
#define XCR0_SSE (1u << 1)
#define XCR0_AVX (1u << 2)
#define CPUID_XSAVE (1u << 26) /* leaf 1, ecx */
#define CPUID_AVX (1u << 28)
#define CPUID_XSAVEERPTR (1u << 2) /* leaf 0x80000008, ebx (AMD) */
#define CPUID_AMD 0x68747541	   /* leaf 0, ebx: "Auth" */
#define MXCSR_DEFAULT 0x1f80
#define FCW_DEFAULT 0x037f

static uint32_t xcr0 = XCR0_X87 | XCR0_SSE;
/* XRSTOR leaves the pointers to the last instruction and its operand (AMD; CVE-2006-1056). */
static bool pointers_stay;
/* A fresh state: XRSTOR of an area without any component initialises all (SDM 1, 13.8). */
static struct {
	uint16_t fcw;
	uint8_t pad1[22];
	uint32_t mxcsr;
	uint8_t pad2[THD_FPU_SIZE - 28];
} __attribute__((aligned(64))) fresh = {.fcw = FCW_DEFAULT, .mxcsr = MXCSR_DEFAULT};

static void fpu_restore(const void *area)
{
	__asm__ volatile("clts");
	/* So that they are of this instruction, not of another thread's. */
	if (pointers_stay)
		__asm__ volatile("fnclex; emms; fildl %0" : : "m"(fresh.mxcsr));
	__asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(xcr0), "d"(0) : "memory");
}

void fpu_save(struct thd *thd)
{
	__asm__ volatile("xsave64 (%0)" : : "r"(thd->fpu), "a"(xcr0), "d"(0) : "memory");
}

void fpu_load(struct thd *thd)
{
	fpu_restore(thd->fpu);
}

void fpu_off(void)
{
	x86_write_cr0(x86_read_cr0() | CR0_TS);
}

void fpu_init(void)
{
	uint32_t features = x86_cpuid(1, 0).c;

	if (!(features & CPUID_XSAVE))
		log_panic("the CPU lacks XSAVE");
	x86_write_cr4(x86_read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE);
	/* AVX-512 does not fit in a thread's page: its registers stay off. */
	if (features & CPUID_AVX)
		xcr0 |= XCR0_AVX;
	__asm__ volatile("xsetbv" : : "c"(0), "a"(xcr0), "d"(0));
	pointers_stay =
		x86_cpuid(0, 0).b == CPUID_AMD && !(x86_cpuid(0x80000008, 0).b & CPUID_XSAVEERPTR);
	if (x86_cpuid(13, 0).b > THD_FPU_SIZE)
		log_panic("the FPU state is of %u bytes", x86_cpuid(13, 0).b);
	fpu_off();
}

bool fpu_first_use(struct thd *thd)
{
	if (thd->fpu_used)
		return false;
	fpu_restore(&fresh);
	thd->fpu_used = true;
	return true;
}
