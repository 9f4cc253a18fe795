/* SPDX-License-Identifier: BSD-2-Clause */
/* Constant-bandwidth servers: the threads that have a deadline (cbs.h). */
#include "cbs.h"
#include "switch.h"

void cbs_clear(struct thd *thd)
{
	struct cbs *cbs = &thd->cbs;

	if (cbs->runtime != 0)
		__atomic_fetch_sub(&core_get(cbs->core)->reserved, cbs->share, __ATOMIC_RELAXED);
	*cbs = (struct cbs){0};
	thd->limited = thd->budget != NULL;
}

uint64_t cbs_left(const struct thd *thd)
{
	return thd->cbs.ran_end > thd->ran ? thd->cbs.ran_end - thd->ran : 0;
}

/* A new period with a whole runtime, less what it had in excess (I5). */
static void refill(struct thd *thd, uint64_t deadline)
{
	struct cbs *cbs = &thd->cbs;

	cbs->deadline = deadline;
	if (cbs->ran_end < thd->ran)
		cbs->ran_end += cbs->runtime;
	else
		cbs->ran_end = thd->ran + cbs->runtime;
}

/* Hours. A runtime of that many ticks times CBS_ALL is the most that fits into 64 bits. */
#define TICKS_MAX (1UL << 44)

long cbs_set(struct core *core, struct thd *thd, uint64_t runtime, uint64_t relative,
	     uint64_t period)
{
	uint64_t share;
	uint32_t reserved, others;

	if (runtime == 0 || runtime > relative || relative > period || period >= TICKS_MAX)
		return -COS_EINVAL;
	share = (runtime * CBS_ALL + relative - 1) / relative;
	others = thd->cbs.runtime != 0 ? thd->cbs.share : 0;
	reserved = __atomic_load_n(&core->reserved, __ATOMIC_RELAXED);
	if (reserved - others + share > CBS_ALL)
		return -COS_EBUSY;
	cbs_clear(thd);
	__atomic_fetch_add(&core->reserved, (uint32_t)share, __ATOMIC_RELAXED);
	thd->cbs = (struct cbs){.runtime = runtime,
				.relative = relative,
				.period = period,
				.ran_end = thd->ran,
				.share = (uint32_t)share,
				.core = core->number};
	thd->limited = 1;
	refill(thd, cos_tsc() + relative);
	return 0;
}

static uint64_t next_period(const struct cbs *cbs)
{
	return cbs->deadline - cbs->relative + cbs->period;
}

static void throttle(struct core *core, struct thd *thd)
{
	core_unready(core, thd, THD_THROTTLED);
	thd->capped = 0;
	cos_timeout_insert(&core->timeouts, &thd->timeout, next_period(&thd->cbs));
}

bool cbs_begin(struct core *core, struct thd *thd)
{
	struct cbs *cbs = &thd->cbs;
	uint64_t now = cos_tsc(), left = cbs_left(thd);

	/* I4: more than its share of the time until the deadline would be the time of others. */
	if (now >= cbs->deadline || (unsigned __int128)left * cbs->relative >
					    (unsigned __int128)(cbs->deadline - now) * cbs->runtime)
		refill(thd, now + cbs->relative);
	if (cbs_left(thd) > 0)
		return true;
	throttle(core, thd);
	return false;
}

void cbs_check(struct core *core, struct thd *thd, uint64_t now)
{
	if (thd->since != 0 && now > thd->since && thd->ran + (now - thd->since) < thd->cbs.ran_end)
		return;
	core_account(core, thd, now);
	if (cbs_left(thd) == 0)
		throttle(core, thd);
}

void cbs_end(struct core *core, struct thd *thd)
{
	core_account(core, core->current, cos_tsc());
	if (cbs_left(thd) > 0)
		thd->cbs.ran_end = thd->ran;
	throttle(core, thd);
}

void cbs_replenish(struct core *core, struct thd *thd)
{
	uint64_t now = cos_tsc(), deadline = next_period(&thd->cbs) + thd->cbs.relative;

	refill(thd, deadline > now ? deadline : now + thd->cbs.relative);
	core_ready(core, thd);
}
