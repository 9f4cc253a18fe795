/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads (mem/thread.h, mem/arcv.h).
 *
 * I1  The kernel's object of thread tid has its capability at COS_CAP_THD(tid), in mem's captbl and
 *     in sched's, which may be the same.
 * I2  A thread's stacks are pages of the domains that it has entered. They are freed with the
 *     thread, except in wired domains, where the next thread of that id uses them, and in stopped
 *     ones.
 * I3  A thread has at most one end-point. Its capabilities are in mem's captbl, in that of the
 *     thread's domain, and in that of the domain that asked for it (arcv_copy).
 * I4  A thread id is not used again soon: threads of an old id may still be named by clients. Id 0
 *     is never used, since clients take 0 for none.
 */
#include <mem/arcv.h>
#include <mem/thread.h>
#include <cos/client.h>
#include <cos/log.h>
#include "domain.h"
#include "frame.h"
#include "lock.h"
#include "meta.h"
#include "op.h"
#include "program.h"
#include "thread.h"

#define WIRED_STACK_BYTES (4 * COS_PAGE_SIZE) /* mem and sched call nothing deep */

struct thread {
	struct thread *next_free;
	struct component *component; /* NULL: there is no such thread */
	uint32_t tid;
	uint32_t frame; /* the kernel's object */
	uint32_t arcv;	/* capability of its end-point here; 0: none */
	struct {
		struct domain *domain; /* NULL: none */
		uint32_t index;
	} arcv_copy[2];
};

static struct thread *threads[CAP_THD_MAX]; /* by tid; kept when the thread is gone */
static uint32_t nthreads;		    /* every tid that was ever used is below */
/*
 * Free ids are used again first in, first out, and only when there are so many (I4). They are used
 * again before new ones, because wired domains keep stacks for each id.
 */
#define FREE_KEPT 16
static struct thread *free_first, *free_last;
static uint32_t nfree;
static struct meta_pool thread_pool = {.size = sizeof(struct thread)};

bool thread_exists(uint64_t tid)
{
	return tid < nthreads && threads[tid] != NULL && threads[tid]->component != NULL;
}

static uint64_t stack_base(uint64_t tid)
{
	return COS_STACK_VA + (tid << COS_STACK_SHIFT);
}

static struct thread *tid_new(void)
{
	struct thread *thread;

	while (nthreads < CAP_THD_MAX && threads[nthreads] != NULL)
		nthreads++;
	if (nthreads < CAP_THD_MAX && nfree < FREE_KEPT) {
		thread = meta_alloc(&thread_pool);
		if (thread != NULL) {
			thread->tid = nthreads;
			threads[nthreads++] = thread;
			return thread;
		}
	}
	thread = free_first;
	if (thread != NULL) {
		free_first = thread->next_free;
		if (free_first == NULL)
			free_last = NULL;
		nfree--;
	}
	return thread;
}

static void tid_free(struct thread *thread)
{
	thread->component = NULL;
	thread->next_free = NULL;
	if (free_last != NULL)
		free_last->next_free = thread;
	else
		free_first = thread;
	free_last = thread;
	nfree++;
}

bool thread_init(const struct boot_handover *handover)
{
	struct thread *thread = meta_alloc(&thread_pool);

	if (thread == NULL || handover->boot_tid >= CAP_THD_MAX)
		return false;
	thread->tid = (uint32_t)handover->boot_tid;
	thread->component = component_get(1);
	thread->frame = FRAME_NONE;
	threads[thread->tid] = thread;
	nthreads = thread->tid + 1;
	for (uint32_t tid = 0; tid < thread->tid; tid++) {
		struct thread *unused = meta_alloc(&thread_pool);

		if (unused == NULL)
			return false;
		unused->tid = tid;
		threads[tid] = unused;
		if (tid != 0) /* I4 */
			tid_free(unused);
	}
	return true;
}

/* Stacks in the wired domains, unless an earlier thread of this id had some (I2). */
static bool wire_stacks(uint32_t tid)
{
	uint64_t end = stack_base(tid + 1);

	for (size_t i = 0; i < domain_count(); i++) {
		struct domain *domain = domain_get(i);
		struct node *leaf;

		if (!domain->wired)
			continue;
		leaf = space_leaf(&domain->space, end - 1);
		if (leaf != NULL && node_has(leaf, end - COS_PAGE_SIZE))
			continue;
		if (space_populate(&domain->space, end - WIRED_STACK_BYTES, end,
				   COS_PG_READ | COS_PG_WRITE) < 0) {
			space_clear(&domain->space, end - WIRED_STACK_BYTES, end);
			return false;
		}
	}
	return true;
}

static void free_stacks(uint32_t tid)
{
	for (size_t i = 0; i < domain_count(); i++) {
		struct domain *domain = domain_get(i);

		if (!domain->wired && !domain->stopped)
			space_clear(&domain->space, stack_base(tid), stack_base(tid + 1));
	}
}

/* If mem and sched share a domain, a capability here is sched's as well. */
static bool shares_captbl(const struct component *sched)
{
	return sched->domain == component_get(cos_component_id())->domain;
}

/* Make the kernel's object and its capabilities (I1). */
static long make_object(struct thread *thread, struct component *component, struct component *sched,
			unsigned long ip, unsigned long arg)
{
	uint32_t cap = COS_CAP_THD(thread->tid);
	long error;

	if (!cap_own_leaf(cap) || !cap_leaf(sched->domain->captbl, &sched->domain->leaves, cap))
		return -COS_ENOMEM;
	thread->frame = frame_alloc(0, false, COS_MEM_KERNEL);
	if (thread->frame == FRAME_NONE)
		return -COS_ENOMEM;
	error = mem_op6(CAP_OWN_CAPTBL, COS_MK_THD, cap, frame_mem(thread->frame), component->comp,
			thread->tid, ip, arg);
	if (error < 0) {
		frame_free(thread->frame, 1);
		return error;
	}
	if (shares_captbl(sched))
		return 0;
	error = mem_op4(sched->domain->captbl, COS_CAPTBL_COPY, cap, CAP_OWN_CAPTBL, cap,
			UINT32_MAX);
	if (error < 0) {
		cos_assert(mem_op1(CAP_OWN_CAPTBL, COS_CAPTBL_REMOVE, cap) == 0);
		frame_free(thread->frame, 1);
	}
	return error;
}

/* May the client have a thread in the component? It then runs code of its choice there. */
static bool may_enter(const struct component *component, long client)
{
	return component->boot != NULL ? component->id == client
				       : !component->ending && component->creator->id == client;
}

static long thread_create(struct component *component, unsigned long ip, unsigned long arg,
			  long gate_number, long client)
{
	struct component *sched = component_client();
	struct thread *thread;
	long error;

	if (sched == NULL || sched->role != COMPONENT_SCHED)
		return -COS_EPERM;
	if (component == NULL || component->comp == 0)
		return -COS_ENOENT;
	if (!may_enter(component, client))
		return -COS_EPERM;
	thread = tid_new();
	if (thread == NULL)
		return -COS_ENOMEM;
	error = wire_stacks(thread->tid) ? make_object(thread, component, sched, ip, arg)
					 : -COS_ENOMEM;
	if (error < 0) {
		tid_free(thread);
		return error;
	}
	if (gate_number != MEM_THD_NOGATE)
		error = mem_op1(COS_CAP_THD(thread->tid), COS_THD_GATE, (uint64_t)gate_number);
	cos_assert(error >= 0);
	thread->component = component;
	thread->arcv = 0;
	component->nthreads++;
	return thread->tid;
}

long mem_thd_create(long comp, unsigned long ip, unsigned long arg, long gate_number, long client)
{
	long tid;

	mem_lock();
	tid = thread_create(component_get(comp), ip, arg, gate_number, client);
	mem_unlock();
	return tid;
}

static void drop_arcv(struct thread *thread)
{
	for (size_t i = 0; i < 2; i++) {
		struct domain *domain = thread->arcv_copy[i].domain;

		if (domain != NULL) /* ENOENT: its owner removed it */
			(void)mem_op1(domain->captbl, COS_CAPTBL_REMOVE,
				      thread->arcv_copy[i].index);
		thread->arcv_copy[i].domain = NULL;
	}
	cos_assert(cap_free(thread->arcv) == 0);
	thread->arcv = 0;
}

static long thread_destroy(struct thread *thread, struct component *sched)
{
	uint32_t cap = COS_CAP_THD(thread->tid);
	long error;

	if (thread->arcv != 0)
		drop_arcv(thread);
	error = mem_op1(CAP_OWN_CAPTBL, COS_CAPTBL_REMOVE, cap);
	if (error < 0)
		return error;
	error = shares_captbl(sched) ? 0 : mem_op1(sched->domain->captbl, COS_CAPTBL_REMOVE, cap);
	if (error < 0) { /* it runs on another core, or keeps its component in existence */
		cos_assert(mem_op4(CAP_OWN_CAPTBL, COS_CAPTBL_COPY, cap, sched->domain->captbl, cap,
				   UINT32_MAX) == 0);
		return error;
	}
	if (thread->frame != FRAME_NONE)
		frame_free_object(thread->frame);
	free_stacks(thread->tid);
	thread->component->nthreads--;
	if (thread->component->ending && thread->component->nthreads == 0)
		program_end(thread->component);
	tid_free(thread);
	return 0;
}

long mem_thd_destroy(long tid)
{
	struct component *sched;
	long error;

	mem_lock();
	sched = component_client();
	if (sched == NULL || sched->role != COMPONENT_SCHED)
		error = -COS_EPERM;
	else if (tid < 0 || !thread_exists((uint64_t)tid))
		error = -COS_ENOENT;
	else
		error = thread_destroy(threads[tid], sched);
	mem_unlock();
	return error;
}

/*
 * The index for the domain's next capability; the caller takes it by domain->next_cap++. False: out
 * of memory.
 */
static bool next_cap(struct domain *domain, uint32_t *index)
{
	*index = domain->next_cap;
	return *index < COS_CAPTBL_MAX && cap_leaf(domain->captbl, &domain->leaves, *index);
}

/* Copy the end-point's capability, as the n-th copy, into domain: its index there. */
static long give_arcv(struct thread *thread, struct domain *domain, unsigned n)
{
	uint32_t index;
	long error;

	if (!next_cap(domain, &index))
		return -COS_ENOMEM;
	error = mem_op4(domain->captbl, COS_CAPTBL_COPY, index, CAP_OWN_CAPTBL, thread->arcv,
			UINT32_MAX);
	if (error < 0)
		return error;
	domain->next_cap++;
	thread->arcv_copy[n].domain = domain;
	thread->arcv_copy[n].index = index;
	return index;
}

static struct cos_pair arcv_create(struct thread *thread, struct component *client)
{
	struct cos_pair pair = {0};
	long error;

	if (thread->arcv != 0)
		return (struct cos_pair){-COS_EEXIST, 0};
	thread->arcv = cap_alloc();
	if (thread->arcv == CAP_INVALID)
		return (struct cos_pair){-COS_ENOMEM, 0};
	error = mem_op2(CAP_OWN_CAPTBL, COS_MK_ARCV, thread->arcv, COS_CAP_THD(thread->tid));
	if (error < 0) {
		cap_free_empty(thread->arcv);
		thread->arcv = 0;
		return (struct cos_pair){error, 0};
	}
	pair.v0 = give_arcv(thread, thread->component->domain, 0);
	pair.v1 = pair.v0 >= 0 && client->domain != thread->component->domain
			  ? give_arcv(thread, client->domain, 1)
			  : pair.v0;
	if (pair.v1 < 0)
		pair.v0 = pair.v1;
	return pair;
}

/* For scheduler threads, which exist for ever: so it is never removed. */
static long asnd_create(const struct thread *thread, struct domain *domain)
{
	uint32_t index;
	long error;

	if (thread->arcv == 0)
		return -COS_ENOENT;
	if (!next_cap(domain, &index))
		return -COS_ENOMEM;
	error = mem_op2(domain->captbl, COS_MK_ASND, index, thread->arcv);
	if (error < 0)
		return error;
	domain->next_cap++;
	return index;
}

long mem_asnd_create(long tid)
{
	struct component *client;
	long index = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL && client->role == COMPONENT_SCHED)
		index = tid >= 0 && thread_exists((uint64_t)tid)
				? asnd_create(threads[tid], client->domain)
				: -COS_ENOENT;
	mem_unlock();
	return index;
}

static long tcap_create(struct domain *domain)
{
	uint32_t index, frame;
	long error;

	if (!next_cap(domain, &index))
		return -COS_ENOMEM;
	frame = frame_alloc(0, false, COS_MEM_KERNEL);
	if (frame == FRAME_NONE)
		return -COS_ENOMEM;
	error = mem_op3(domain->captbl, COS_MK_TCAP, index, frame_mem(frame), 0);
	if (error < 0) {
		frame_free(frame, 1);
		return error;
	}
	domain->next_cap++;
	return index;
}

long mem_tcap_create(void)
{
	struct component *client;
	long index = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL && client->role == COMPONENT_SCHED)
		index = tcap_create(client->domain);
	mem_unlock();
	return index;
}

struct cos_pair mem_arcv_create(long tid)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	struct component *client;

	mem_lock();
	client = component_client();
	if (client != NULL && (client->role == COMPONENT_DEV || client->role == COMPONENT_SCHED)) {
		if (tid >= 0 && thread_exists((uint64_t)tid))
			pair = arcv_create(threads[tid], client);
		else
			pair.v0 = -COS_ENOENT;
	}
	mem_unlock();
	return pair;
}
