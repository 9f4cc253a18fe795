/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"
#include "switch.h"

void server_clear(struct thd *thd)
{
	struct server *server = &thd->server;

	if (server->budget != 0)
		__atomic_fetch_sub(&core_get(server->core)->reserved, server->share,
				   __ATOMIC_RELAXED);
	*server = (struct server){0};
	thd->limited = thd->group != NULL;
}

uint64_t server_left(const struct thd *thd)
{
	return thd->server.ran_end > thd->ran ? thd->server.ran_end - thd->ran : 0;
}

/* A whole budget, less what it had too much before: a contender for a lock lent it that. */
static void refill(struct thd *thd, uint64_t deadline)
{
	struct server *server = &thd->server;

	server->deadline = deadline;
	if (server->ran_end < thd->ran)
		server->ran_end += server->budget;
	else
		server->ran_end = thd->ran + server->budget;
}

/* Up to 2^44 ticks, hours, times SERVER_ALL. */
#define TICKS_MAX (1UL << 44)

long server_set(struct core *core, struct thd *thd, uint64_t budget, uint64_t relative,
		uint64_t period)
{
	uint64_t share;
	uint32_t reserved, others;

	if (budget == 0 || budget > relative || relative > period || period >= TICKS_MAX)
		return -COS_EINVAL;
	share = (budget * SERVER_ALL + relative - 1) / relative;
	others = thd->server.budget != 0 ? thd->server.share : 0;
	reserved = __atomic_load_n(&core->reserved, __ATOMIC_RELAXED);
	if (reserved - others + share > SERVER_ALL)
		return -COS_EBUSY;
	server_clear(thd);
	__atomic_fetch_add(&core->reserved, (uint32_t)share, __ATOMIC_RELAXED);
	thd->server = (struct server){.budget = budget,
				      .relative = relative,
				      .period = period,
				      .ran_end = thd->ran,
				      .share = (uint32_t)share,
				      .core = core->number};
	thd->limited = 1;
	refill(thd, cos_tsc() + relative);
	return 0;
}

static uint64_t next_period(const struct server *server)
{
	return server->deadline - server->relative + server->period;
}

static void throttle(struct core *core, struct thd *thd)
{
	core_unready(core, thd, THD_THROTTLED);
	thd->capped = 0;
	cos_timeout_insert(&core->timeouts, &thd->timeout, next_period(&thd->server));
}

bool server_begin(struct core *core, struct thd *thd)
{
	struct server *server = &thd->server;
	uint64_t now = cos_tsc(), left = server_left(thd);

	/* More than its share of the time that is left would be others' time. */
	if (now >= server->deadline ||
	    (unsigned __int128)left * server->relative >
		    (unsigned __int128)(server->deadline - now) * server->budget)
		refill(thd, now + server->relative);
	if (server_left(thd) > 0)
		return true;
	throttle(core, thd);
	return false;
}

void server_check(struct core *core, struct thd *thd, uint64_t now)
{
	if (thd->since != 0 && now > thd->since &&
	    thd->ran + (now - thd->since) < thd->server.ran_end)
		return;
	core_account(core, thd, now);
	if (server_left(thd) == 0)
		throttle(core, thd);
}

void server_end(struct core *core, struct thd *thd)
{
	core_account(core, core->current, cos_tsc());
	if (server_left(thd) > 0)
		thd->server.ran_end = thd->ran;
	throttle(core, thd);
}

void server_replenish(struct core *core, struct thd *thd)
{
	uint64_t now = cos_tsc(), deadline = next_period(&thd->server) + thd->server.relative;

	refill(thd, deadline > now ? deadline : now + thd->server.relative);
	core_ready(core, thd);
}
