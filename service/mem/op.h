/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem's kernel operations (cos/syscall.h). The kernel refuses a slot or a page that another core
 * may still use with COS_EAGAIN. These repeat the operation until it does not, so their callers
 * never see that error.
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

COS_OP_FORMS(mem_op)

static inline long mem_op2(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1)
{
	return mem_op6(cap, op, a0, a1, 0, 0, 0, 0);
}

#endif
