/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of signals. */
#include "conf.h"

/* NetBSD's numbers (sys/signal.h) of signals that end no program that handles them. */
static const int handled[] = {1,  2,  3,  10, 12, 13, 14, 15, 16, 19,
			      20, 23, 24, 25, 26, 27, 28, 30, 31};
/* Higher than the process numbers of any host (Linux: 2^22). */
#define NO_PROCESS 0x3ffffff0
#define NHANDLED (sizeof(handled) / sizeof(handled[0]))

/* A signal reaches some thread of the process soon, not at once. */
static bool came(int sig, int count)
{
	while (conf_host->signals(sig) < count)
		conf_breathe();
	return conf_host->signals(sig) == count;
}

static const char *numbers(void)
{
	int before[NHANDLED];

	if (conf_host->signals == NULL)
		SKIP("this host's process gets no signals");
	for (unsigned i = 0; i < NHANDLED; i++)
		before[i] = conf_host->signals(handled[i]);
	for (unsigned i = 0; i < NHANDLED; i++) {
		CHECK(rumpuser_kill(RUMPUSER_PID_SELF, handled[i]) == 0);
		CHECK(came(handled[i], before[i] + 1));
	}
	for (unsigned i = 0; i < NHANDLED; i++)
		CHECK(conf_host->signals(handled[i]) == before[i] + 1);
	return NULL;
}

/* The pid is the rump kernel's: a hint, and never a process of the host. */
static const char *pid_is_a_hint(void)
{
	int before;

	if (conf_host->signals == NULL)
		SKIP("this host's process gets no signals");
	before = conf_host->signals(30);
	CHECK(rumpuser_kill(NO_PROCESS, 30) == 0);
	CHECK(came(30, before + 1));
	CHECK(rumpuser_kill(NO_PROCESS + 1, 30) == 0);
	CHECK(came(30, before + 2));
	return NULL;
}

static const char *none_such(void)
{
	static const int list[] = {-1, 7 /* SIGEMT */, 64, 1000, INT32_MAX};

	/* The host may return anything, but it must return. */
	for (unsigned i = 0; i < 5; i++)
		CHECK(rumpuser_kill(RUMPUSER_PID_SELF, list[i]) >= 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"each signal comes to the host's process under its own number (Signals)", numbers},
	{"the pid is the rump kernel's, not the host's (Signals)", pid_is_a_hint},
	{"a signal that the host does not have has no effect (Signals)", none_such},
};
const struct conf_section conf_kill = SECTION("kill", checks);
