/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor state of a program: registers in the kernel's frame, FPU, CPUID. */
#include <cos/abi.h>
#include "arch/cpu.h"

/* COS_CAP_SELF, three results (cos/abi.h). */
static long self(unsigned op, uint64_t a, uint64_t b, uint64_t out[3])
{
	register uint64_t rax __asm__("rax") = COS_OP(COS_CAP_SELF, op);
	uint64_t rdi = a, rsi = b, rdx = 0;

	__asm__ volatile("syscall"
			 : "+r"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx)
			 :
			 : "rcx", "r11", "memory");
	if (out) {
		out[0] = rdi;
		out[1] = rsi;
		out[2] = rdx;
	}
	return (long)rax;
}

void cpu_frame_get(struct cpu_regs *regs)
{
	uint64_t out[3];

	for (unsigned i = 0; i < COS_NREGS / 3; i++) {
		if (self(COS_SELF_CALLER_GET, i, 0, out) < 0)
			continue;
		for (unsigned j = 0; j < 3; j++)
			regs->r[3 * i + j] = out[j];
	}
}

void cpu_frame_set(unsigned reg, uint64_t value)
{
	self(COS_SELF_CALLER_SET, reg, value, 0);
}

static void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "a"(leaf), "c"(sub));
}

/* SDM 1, 13.2: XSAVE may be used if the kernel has set CR4.OSXSAVE, with the features in XCR0. */
uint64_t cpu_fpu_features(void)
{
	static uint64_t features = ~0ull;
	uint32_t r[4], lo, hi;

	if (features != ~0ull)
		return features;
	cpuid(1, 0, r);
	if (!(r[2] & (1u << 27)))
		return features = 0;
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return features = ((uint64_t)hi << 32) | lo;
}

unsigned long cpu_fpu_size(void)
{
	uint32_t r[4];

	if (cpu_fpu_features() == 0)
		return CPU_FXSAVE_SIZE;
	cpuid(0xd, 0, r);
	return r[1];
}

uint64_t cpu_random(void)
{
	static int rdrand = -1;
	uint32_t r[4], lo, hi;
	uint64_t value;
	unsigned char ok;

	if (rdrand < 0) {
		cpuid(1, 0, r);
		rdrand = r[2] >> 30 & 1;
	}
	for (int i = 0; rdrand && i < 10; i++) {
		__asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(ok)::"cc");
		if (ok)
			return value;
	}
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return ((uint64_t)hi << 32) | lo;
}

uint64_t cpu_hwcap(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	return r[3];
}
