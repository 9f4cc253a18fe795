/* SPDX-License-Identifier: BSD-2-Clause */
/* Placement: which core a thread runs on (core.h, Placement). */
#include <cos/syscall.h>
#include "core.h"

/* Threads that are looked at for one that may be moved; more would hold the lock for too long. */
#define LOOK_MAX 16

uint32_t spread_idlers;

static uint32_t load(const struct core *core)
{
	return runq_count(&core->runq) + __atomic_load_n(&core->narriving, __ATOMIC_RELAXED);
}

static bool is_up(const struct core *core)
{
	return __atomic_load_n(&core->up, __ATOMIC_ACQUIRE);
}

/* The core with least to do, of equals the next after core; core itself if no other has less. */
static struct core *least_loaded(struct core *core)
{
	struct core *least = core;
	uint32_t least_load = load(core);

	for (uint32_t i = 1; i < core_count() && least_load > 0; i++) {
		struct core *other = core_get((core->number + i) % core_count());

		if (is_up(other) && load(other) < least_load) {
			least = other;
			least_load = load(other);
		}
	}
	return least;
}

struct core *spread_choose(struct core *core)
{
	return least_loaded(core);
}

bool spread_move(struct core *core, struct thd *thd, struct core *to)
{
	enum thd_state state = thd_state(thd);

	if (to == core || !is_up(to))
		return false;
	if (core->current == thd)
		core_vacate(core);
	/*
	 * First: once the kernel has moved it, a thread there may lend it the processor (core.h,
	 * I6).
	 */
	__atomic_fetch_add(&to->narriving, 1, __ATOMIC_RELAXED);
	thd_set_state(thd, THD_MOVING);
	__atomic_store_n(&thd->core, to->number, __ATOMIC_RELEASE);
	if (cos_op1((uint64_t)COS_CAP_THD(thd->tid), COS_THD_MOVE, to->number) < 0) {
		__atomic_store_n(&thd->core, core->number, __ATOMIC_RELEASE);
		thd_set_state(thd, state);
		__atomic_fetch_sub(&to->narriving, 1, __ATOMIC_RELAXED);
		return false;
	}
	inbox_post(thd, REQUEST_ARRIVE);
	return true;
}

static bool give(struct core *core, struct thd *thd, struct core *to)
{
	bool moved;

	runq_remove(&core->runq, thd);
	moved = spread_move(core, thd, to);
	if (!moved)
		runq_append(&core->runq, thd);
	return moved;
}

/* Move the thread that ran last, if it was bound to another core meanwhile. */
static void send_away(struct core *core)
{
	struct thd *thd = core->current;
	int32_t bound = thd != NULL ? thd_bound(thd) : THD_ANY;

	if (bound >= 0 && (uint32_t)bound != core->number && thd_state(thd) == THD_READY &&
	    !thd->pinned)
		(void)give(core, thd, core_get((uint32_t)bound));
}

void spread_out(struct core *core)
{
	struct core *to;
	struct thd *thd;

	if (core_count() == 1)
		return;
	send_away(core);
	if (runq_count(&core->runq) < 2)
		return;
	to = least_loaded(core);
	if (load(core) < load(to) + 2)
		return;
	thd = runq_first(&core->runq);
	for (unsigned i = 0; i < LOOK_MAX && thd != NULL; i++) {
		thd = runq_after(&core->runq, thd);
		if (thd != NULL && thd_bound(thd) < 0 && !thd->pinned && give(core, thd, to))
			return;
	}
}

void spread_idle(const struct core *core)
{
	const struct core *most = core;

	if (core_count() == 1)
		return;
	__atomic_fetch_add(&spread_idlers, 1, __ATOMIC_RELAXED);
	for (uint32_t i = 0; i < core_count(); i++)
		if (is_up(core_get(i)) && runq_count(&core_get(i)->runq) > runq_count(&most->runq))
			most = core_get(i);
	if (runq_count(&most->runq) > 1)
		(void)cos_op0(most->asnd, COS_ASND);
}

void spread_busy(void)
{
	if (core_count() > 1)
		__atomic_fetch_sub(&spread_idlers, 1, __ATOMIC_RELAXED);
}
