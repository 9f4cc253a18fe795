/* SPDX-License-Identifier: BSD-2-Clause */
/* mem's lock (lock.h), and its page in the space of sched, which watches its owner. */
#include <stddef.h>
#include <mem/thread.h>
#include <cos/client.h>
#include <cos/lend.h>
#include "cap.h"
#include "domain.h"
#include "frame.h"
#include "lock.h"
#include "op.h"

/* The lock has a page of its own, which sched can read. */
static union {
	struct cos_lend_lock lock;
	char page[COS_PAGE_SIZE];
} shown __attribute__((aligned(COS_PAGE_SIZE)));

static bool taken;	/* mem_taken was called since the lock was taken */
static uint64_t epoch;	/* of the last removal */
static uint64_t passed; /* the latest epoch that is known to be over */

void mem_lock(void)
{
	cos_lend_lock(&shown.lock);
}

void mem_taken(void)
{
	taken = true;
}

/* Under the lock: the epoch that must be over before a caller acts on mem's answer; 0: none. */
static uint64_t epoch_needed(void)
{
	struct cos_results results;

	if (taken && cos_ncores() > 1 &&
	    cos_op_r(COS_CAP_HW, COS_HW_QUIESCE, 0, 0, 0, 0, 0, 0, &results) == -COS_EAGAIN)
		epoch = results.rdi;
	taken = false;
	return epoch > __atomic_load_n(&passed, __ATOMIC_RELAXED) ? epoch : 0;
}

static void epoch_wait(uint64_t needed)
{
	uint64_t known = __atomic_load_n(&passed, __ATOMIC_RELAXED);

	while (cos_op1(COS_CAP_HW, COS_HW_QUIESCE, needed) == -COS_EAGAIN)
		cos_pause();
	while (known < needed && !__atomic_compare_exchange_n(&passed, &known, needed, false,
							      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void mem_unlock(void)
{
	uint64_t needed = epoch_needed();

	cos_lend_unlock(&shown.lock);
	if (needed != 0)
		epoch_wait(needed);
}

/* Map the lock's page into the space of sched as well. */
static long show(struct space *space)
{
	struct cos_results results = {0};
	uint64_t start = region_gap(&space->regions, COS_HEAP_VA, COS_HEAP_END, COS_PAGE_SIZE,
				    COS_PAGE_SIZE, false);
	uint32_t frame;
	long error = mem_op_r(CAP_OWN_PGTBL, COS_PGTBL_LOOKUP, (uintptr_t)&shown, 0, 0, 0, 0, 0,
			      &results);

	if (error < 0)
		return error;
	frame = frame_at(results.rsi);
	if (frame == FRAME_NONE || start == 0 ||
	    !region_insert(&space->regions, start, start + COS_PAGE_SIZE, COS_PG_READ,
			   REGION_DEVICE, NULL))
		return -COS_ENOMEM;
	error = space_map_frame(space, start, frame, COS_PG_READ);
	return error < 0 ? error : (long)start;
}

long mem_lock_owner(void)
{
	struct component *client;
	long addr = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL && client->role == COMPONENT_SCHED)
		addr = client->domain == component_get(cos_component_id())->domain
			       ? (long)&shown
			       : show(&client->domain->space);
	mem_unlock();
	return addr < 0 ? addr : addr + (long)offsetof(struct cos_lend_lock, owner);
}
