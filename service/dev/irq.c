/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt vectors for threads (irq.h).
 *
 * I1  A thread has one end-point, which mem makes once (struct receiver). All its vectors lead to
 *     it.
 * I2  A vector belongs to a core, and only that core can bind and free it. The thread that receives
 *     it stays on that core (sched_thd_receiver).
 * I3  A vector whose owner is 0 is to be freed: free_thread goes from core to core for these.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/sync.h>
#include <cos/syscall.h>
#include <cos/thread.h>
#include <mem/arcv.h>
#include <sched/device.h>
#include <sched/sched.h>

#include "irq.h"
#include "lock.h"

#define PATIENCE_NS COS_NS_PER_S /* free_thread has the priority of interrupt threads */

/* I1 */
struct receiver {
	struct receiver *next;
	long tid;
	long client_cap;
	long own_cap;
};

static struct receiver *receivers;

/* I2 */
struct vector {
	struct vector *next;
	long owner; /* component id; 0: to be freed */
	unsigned core;
	uint8_t vector;
};

static struct vector *vectors;
static struct cos_sem freed; /* posted by each free_thread */

static struct receiver *receiver_find(long tid)
{
	struct receiver *r = receivers;

	while (r && r->tid != tid)
		r = r->next;
	return r;
}

/* mem is asked first: the id may be that of a new thread, and the struct that of the one before. */
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

long irq_bind(long tid, long owner, struct irq *irq)
{
	struct receiver *r = NULL;
	struct cos_results results = {0};
	struct vector *v = cos_malloc(sizeof(*v));
	long error = v ? receiver_get(tid, &r) : -COS_ENOMEM;

	/* I2 */
	if (!error)
		error = sched_thd_receiver(tid);
	if (!error)
		error = cos_op_r(COS_CAP_HW, COS_HW_IRQ_BIND, (uint64_t)r->own_cap, 0, 0, 0, 0, 0,
				 &results);
	if (error < 0) {
		cos_free(v);
		return error;
	}
	irq->cap = r->client_cap;
	irq->vector = (uint8_t)results.rdi;
	irq->apic_id = (uint8_t)results.rsi;
	*v = (struct vector){
		.next = vectors, .owner = owner, .core = cos_core(), .vector = irq->vector};
	vectors = v;
	/* Messages and redirection entries name a processor in 8 bits (SDM 3A 11.11.1). */
	if (results.rsi > UINT8_MAX) {
		irq_free(irq);
		return -COS_EINVAL;
	}
	return 0;
}

long irq_log_bind(long tid)
{
	struct receiver *r = NULL;
	long error = receiver_get(tid, &r);

	if (!error)
		error = sched_thd_receiver(tid);
	if (!error)
		error = cos_op1(COS_CAP_HW, COS_HW_LOG_BIND, (uint64_t)r->own_cap);
	return error < 0 ? error : r->client_cap;
}

static void vector_free(struct vector **at)
{
	struct vector *v = *at;

	cos_op1(COS_CAP_HW, COS_HW_IRQ_FREE, v->vector);
	*at = v->next;
	cos_free(v);
}

void irq_free(const struct irq *irq)
{
	struct vector **at = &vectors;

	while ((*at)->core != cos_core() || (*at)->vector != irq->vector)
		at = &(*at)->next;
	vector_free(at);
}

/* The core of a vector that is to be freed (I3); negative: there is none. */
static long core_left(void)
{
	const struct vector *v;
	long core;

	cos_mutex_lock(&dev_lock);
	for (v = vectors; v && v->owner != 0;)
		v = v->next;
	core = v ? (long)v->core : -1;
	cos_mutex_unlock(&dev_lock);
	return core;
}

/* I3 */
static void free_thread(void *arg)
{
	long core;

	(void)arg;
	while ((core = core_left()) >= 0 && sched_thd_bind(cos_tid(), core) == 0) {
		cos_mutex_lock(&dev_lock);
		for (struct vector **at = &vectors; *at;)
			if ((*at)->owner == 0 && (*at)->core == cos_core())
				vector_free(at);
			else
				at = &(*at)->next;
		cos_mutex_unlock(&dev_lock);
	}
	cos_sem_post(&freed);
}

void irq_free_all(long owner)
{
	bool some = false;

	cos_mutex_lock(&dev_lock);
	for (struct vector *v = vectors; v; v = v->next)
		if (v->owner == owner) {
			v->owner = 0;
			some = true;
		}
	cos_mutex_unlock(&dev_lock);
	if (!some)
		return;
	if (cos_thread_create(free_thread, NULL, SCHED_PRIO_IRQ) < 0 ||
	    cos_sem_wait(&freed, cos_now_ns() + PATIENCE_NS) < 0)
		cos_log("dev: vectors of component %ld stay bound\n", owner);
}
