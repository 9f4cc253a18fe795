/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of becoming a daemon, in a process of their own, which would not survive a wrong outcome.
 */
#include "conf.h"

#define NEED_CHILD                                                 \
	do {                                                       \
		if (conf_host->in_child == NULL)                   \
			SKIP("the harness cannot see a host end"); \
	} while (0)

/* The parent waits for the outcome and ends with it; the daemon continues. */
static void daemonizes(int outcome)
{
	if (rumpuser_daemonize_begin() != 0)
		rumpuser_exit(50);
	if (rumpuser_daemonize_done(outcome) != 0)
		rumpuser_exit(51);
	rumpuser_exit(52); /* the daemon's own status, which is waited for by none */
}

static const char *success(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(daemonizes, 0) == 0);
	return NULL;
}

static const char *failure(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(daemonizes, RUMP_ENXIO) == RUMP_ENXIO);
	return NULL;
}

static void twice(int arg)
{
	(void)arg;
	if (rumpuser_daemonize_begin() != 0)
		rumpuser_exit(50);
	rumpuser_daemonize_done(rumpuser_daemonize_begin() == RUMP_EINPROGRESS ? 0 : 53);
	rumpuser_exit(52);
}

static const char *begun_twice(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(twice, 0) == 0);
	return NULL;
}

static void done_first(int arg)
{
	(void)arg;
	rumpuser_exit(rumpuser_daemonize_done(0) == RUMP_ENOENT ? 0 : 1);
}

static const char *not_begun(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(done_first, 0) == 0);
	return NULL;
}

static void dies(int arg)
{
	(void)arg;
	if (rumpuser_daemonize_begin() != 0)
		rumpuser_exit(50);
	rumpuser_exit(52);
}

static const char *died(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(dies, 0) > 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"the starter of a daemon learns that it is up (rumpuser.h, daemonize)", success},
	{"the starter of a daemon learns why it failed (rumpuser.h, daemonize)", failure},
	{"the starter of a daemon that died silently learns of a failure (rumpuser.h, "
	 "daemonize)",
	 died},
	{"a daemon cannot begin twice: EINPROGRESS (Return values)", begun_twice},
	{"done without begin is ENOENT (Return values)", not_begun},
};
const struct conf_section conf_daemon = SECTION("daemon", checks);
