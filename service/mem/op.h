/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel operations (cos/syscall.h) of mem. A slot or a page that another core may still use is
 * refused for a moment, COS_EAGAIN: here we ask again, and nobody else has to know.
 */
#ifndef MEM_OP_H
#define MEM_OP_H

#include <cos/core.h>
#include <cos/syscall.h>

static inline long mem_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2,
			    uint64_t a3, uint64_t a4, uint64_t a5, struct cos_results *results)
{
	long result;

	while ((result = cos_op_r(cap, op, a0, a1, a2, a3, a4, a5, results)) == -COS_EAGAIN)
		cos_pause();
	return result;
}

static inline long mem_op6(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2,
			   uint64_t a3, uint64_t a4, uint64_t a5)
{
	struct cos_results results;

	return mem_op_r(cap, op, a0, a1, a2, a3, a4, a5, &results);
}

static inline long mem_op5(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2,
			   uint64_t a3, uint64_t a4)
{
	return mem_op6(cap, op, a0, a1, a2, a3, a4, 0);
}

static inline long mem_op4(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2,
			   uint64_t a3)
{
	return mem_op6(cap, op, a0, a1, a2, a3, 0, 0);
}

static inline long mem_op3(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2)
{
	return mem_op6(cap, op, a0, a1, a2, 0, 0, 0);
}

static inline long mem_op2(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1)
{
	return mem_op6(cap, op, a0, a1, 0, 0, 0, 0);
}

static inline long mem_op1(uint64_t cap, uint64_t op, uint64_t a0)
{
	return mem_op6(cap, op, a0, 0, 0, 0, 0, 0);
}

static inline long mem_op0(uint64_t cap, uint64_t op)
{
	return mem_op6(cap, op, 0, 0, 0, 0, 0, 0);
}

#endif
