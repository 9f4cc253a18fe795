/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/cap.h>
#include <cos/syscall.h>
#include <mem/mem.h>
#include <sched/sched.h>

#include "irq.h"

/* What is known of the end-point of a thread: mem makes one for each thread, once. */
struct receiver {
	struct receiver *next;
	long tid;
	long client_cap;
	long own_cap;
};

static struct receiver *receivers;

static struct receiver *receiver_find(long tid)
{
	struct receiver *r = receivers;

	while (r && r->tid != tid)
		r = r->next;
	return r;
}

/* Ask mem first: an id may be that of a new thread, and what is known here be of the one before. */
static long receiver_get(long tid, struct receiver **found)
{
	struct receiver *r = receiver_find(tid);
	struct cos_pair caps;

	if (!r) {
		r = cos_malloc(sizeof(*r));
		if (!r)
			return -COS_ENOMEM;
		*r = (struct receiver){.tid = tid, .next = receivers};
		receivers = r;
	}
	caps = mem_arcv_create(tid);
	if (caps.v0 >= 0) {
		r->client_cap = caps.v0;
		r->own_cap = caps.v1;
	} else if (caps.v0 != -COS_EEXIST || r->own_cap == 0) {
		return caps.v0;
	}
	*found = r;
	return 0;
}

long irq_bind(long tid, struct irq *irq)
{
	struct receiver *r = NULL;
	struct cos_results results = {0};
	long error = receiver_get(tid, &r);

	if (!error)
		error = sched_thd_receiver(tid);
	if (!error)
		error = cos_op_r(COS_CAP_HW, COS_HW_IRQ_BIND, (uint64_t)r->own_cap, 0, 0, 0, 0, 0,
				 &results);
	if (error < 0)
		return error;
	irq->cap = r->client_cap;
	irq->vector = (uint8_t)results.rdi;
	irq->apic_id = (uint8_t)results.rsi;
	/* Messages and redirection entries name a processor in 8 bits (SDM 3A 11.11.1). */
	if (results.rsi > UINT8_MAX) {
		irq_free(irq);
		return -COS_EINVAL;
	}
	return 0;
}

void irq_free(const struct irq *irq)
{
	cos_op1(COS_CAP_HW, COS_HW_IRQ_FREE, irq->vector);
}
