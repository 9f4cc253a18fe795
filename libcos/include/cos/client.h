/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which thread runs, and which component it came from. The address of a thread's stack in a domain
 * tells the thread; slots at the top of the stack (stub.S.h) tell the component that invoked.
 */
#ifndef COS_CLIENT_H
#define COS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/layout.h>
#include <cos/stub.S.h>
#include <cos/syscall.h>

/* The thread whose stack has that last byte. */
static inline long cos_stack_tid(uint64_t last)
{
	return (long)(last >> COS_STACK_SHIFT) - (COS_STACK_VA >> COS_STACK_SHIFT);
}

#ifndef COS_FAKE_KERNEL
/* The last byte of the stack we are on. */
static inline uint64_t cos_stack_last(void)
{
	uint64_t last;

	__asm__("mov %%rsp, %0\n\tor %1, %0" : "=r"(last) : "i"(COS_STACK_SIZE - 1) : "cc");
	return last;
}

/* The current thread's id. */
static inline long cos_tid(void)
{
	return cos_stack_tid(cos_stack_last());
}

/*
 * The id of the component or program that invoked the interface function which runs; 0 in a thread
 * of this component outside any invocation. It does not matter whether the caller is in another
 * domain.
 */
static inline long cos_client(void)
{
	return *(volatile long *)(cos_stack_last() + COS_STACK_CLIENT);
}

/*
 * Did the kernel itself bring the thread here, by an exception? A pager or a handler believes the
 * arguments of no other entry (cos/abi.h, Exception).
 */
static inline bool cos_entered_by_fault(void)
{
	struct cos_results results;

	return cos_op_r(COS_CAP_SELF, COS_SELF_ID, 0, 0, 0, 0, 0, 0, &results) >= 0 &&
	       results.rsi == COS_INV_FAULT;
}

/* Our own component id: an absolute symbol that the domain's link defines. */
extern const char __cos_id[];
static inline long cos_component_id(void)
{
	long id;

	__asm__("mov $__cos_id, %k0" : "=r"(id));
	return id;
}

/*
 * One word for each thread, private to this component: 0 when the thread first enters it. The word
 * stays when the thread leaves, until the thread is destroyed.
 */
static inline void *cos_self_get(void)
{
	void *word;

	__asm__ volatile("mov __cos_self(%1), %0" : "=r"(word) : "r"(cos_stack_last()));
	return word;
}

static inline void cos_self_set(void *word)
{
	__asm__ volatile("mov %0, __cos_self(%1)" : : "r"(word), "r"(cos_stack_last()) : "memory");
}
#else
uint64_t cos_stack_last(void);
long cos_tid(void);
long cos_client(void);
bool cos_entered_by_fault(void);
long cos_component_id(void);
void *cos_self_get(void);
void cos_self_set(void *word);
#endif

#endif
