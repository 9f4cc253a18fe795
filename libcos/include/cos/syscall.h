/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel operations (cos/abi.h) from C. Each returns rax: a value, or negative COS_E*. The _r form
 * also stores rdi, rsi and rdx.
 */
#ifndef COS_SYSCALL_H
#define COS_SYSCALL_H

#include <stdint.h>
#include <cos/abi.h>

struct cos_results {
	uint64_t rdi;
	uint64_t rsi;
	uint64_t rdx;
};

#ifndef COS_FAKE_KERNEL
static inline long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2,
			    uint64_t a3, uint64_t a4, uint64_t a5, struct cos_results *results)
{
	register uint64_t r10 __asm__("r10") = a3;
	register uint64_t r8 __asm__("r8") = a4;
	register uint64_t r9 __asm__("r9") = a5;
	long rax = (long)COS_OP(cap, op);

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(a0), "+S"(a1), "+d"(a2)
			 : "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	results->rdi = a0;
	results->rsi = a1;
	results->rdx = a2;
	return rax;
}
#else
/* Host tests supply the kernel. */
long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results);
#endif

/* Of a form prefix_r as cos_op_r: those without results, for 6, 5, 4, 3, 1 and 0 arguments. */
#define COS_OP_FORMS(prefix)                                                              \
	static inline long prefix##6(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, \
				     uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)  \
	{                                                                                 \
		struct cos_results results;                                               \
                                                                                          \
		return prefix##_r(cap, op, a0, a1, a2, a3, a4, a5, &results);             \
	}                                                                                 \
	static inline long prefix##5(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, \
				     uint64_t a2, uint64_t a3, uint64_t a4)               \
	{                                                                                 \
		return prefix##6(cap, op, a0, a1, a2, a3, a4, 0);                         \
	}                                                                                 \
	static inline long prefix##4(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, \
				     uint64_t a2, uint64_t a3)                            \
	{                                                                                 \
		return prefix##6(cap, op, a0, a1, a2, a3, 0, 0);                          \
	}                                                                                 \
	static inline long prefix##3(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, \
				     uint64_t a2)                                         \
	{                                                                                 \
		return prefix##6(cap, op, a0, a1, a2, 0, 0, 0);                           \
	}                                                                                 \
	static inline long prefix##1(uint64_t cap, uint64_t op, uint64_t a0)              \
	{                                                                                 \
		return prefix##6(cap, op, a0, 0, 0, 0, 0, 0);                             \
	}                                                                                 \
	static inline long prefix##0(uint64_t cap, uint64_t op)                           \
	{                                                                                 \
		return prefix##6(cap, op, 0, 0, 0, 0, 0, 0);                              \
	}
COS_OP_FORMS(cos_op)

#ifndef COS_FAKE_KERNEL
/* Every thread switch is one of these: registers of unused arguments are not loaded. */
static inline long cos_op2(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1)
{
	long rax = (long)COS_OP(cap, op);

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(a0), "+S"(a1)
			 :
			 : "rdx", "rcx", "r11", "memory");
	return rax;
}
#else
static inline long cos_op2(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1)
{
	return cos_op6(cap, op, a0, a1, 0, 0, 0, 0);
}
#endif

#endif
