/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of other cores for a thread of this one (core.h, Inbox). */
#include <cos/syscall.h>
#include "core.h"

void inbox_post(struct thd *thd, uint32_t request)
{
	struct core *to;
	struct thd *first;

	if (__atomic_fetch_or(&thd->requests, request, __ATOMIC_ACQ_REL) != 0)
		return;
	to = core_get(thd_core(thd));
	first = __atomic_load_n(&to->inbox, __ATOMIC_RELAXED);
	do
		__atomic_store_n(&thd->inbox_next, first, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&to->inbox, &first, thd, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
	if (first == NULL)
		(void)cos_op0(to->asnd, COS_ASND);
}

/* Move a thread that is to leave. If it cannot be moved it becomes ready here. */
static void leave(struct core *core, struct thd *thd)
{
	int32_t bound = thd_bound(thd);

	if (thd_state(thd) != THD_LEAVING)
		return;
	if (bound < 0 || thd->pinned || !spread_move(core, thd, core_get((uint32_t)bound)))
		core_ready(core, thd);
}

static void handle(struct core *core, struct thd *thd)
{
	uint32_t requests = __atomic_exchange_n(&thd->requests, 0, __ATOMIC_ACQ_REL);
	enum thd_state state = thd_state(thd);

	if (thd_core(thd) != core->number) {
		inbox_post(thd, requests);
		return;
	}
	if (state == THD_NONE || state == THD_DEAD)
		return;
	if (requests & REQUEST_ARRIVE)
		core_arrive(core, thd);
	if (requests & REQUEST_PRIO)
		core_prio(core, thd, __atomic_load_n(&thd->wanted_prio, __ATOMIC_RELAXED));
	if (requests & REQUEST_PERMIT)
		core_permit(core, thd);
	if (requests & REQUEST_WAKE)
		core_wake(core, thd);
	if (requests & REQUEST_BOOST) {
		core->boost = thd;
		core->special |= CORE_BOOST;
	}
	if (requests & REQUEST_BIND)
		leave(core, thd);
}

/* Take out all that is in the inbox, the oldest first. */
static struct thd *take(struct core *core)
{
	struct thd *thd = __atomic_exchange_n(&core->inbox, NULL, __ATOMIC_ACQUIRE), *oldest = NULL;

	while (thd != NULL) {
		struct thd *next = __atomic_load_n(&thd->inbox_next, __ATOMIC_RELAXED);

		__atomic_store_n(&thd->inbox_next, oldest, __ATOMIC_RELAXED);
		oldest = thd;
		thd = next;
	}
	return oldest;
}

/* Until it is empty: for a request that this core makes itself, no event need come. */
void inbox_take(struct core *core)
{
	while (__atomic_load_n(&core->inbox, __ATOMIC_RELAXED) != NULL) {
		for (struct thd *thd = take(core), *next; thd != NULL; thd = next) {
			next = __atomic_load_n(&thd->inbox_next, __ATOMIC_RELAXED);
			handle(core, thd); /* which may put it into an inbox again */
		}
	}
}
