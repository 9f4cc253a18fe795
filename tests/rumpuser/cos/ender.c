/* SPDX-License-Identifier: BSD-2-Clause */
/* A component that ends by a hypercall, in the way that its caller chooses (ender.h). */
#include "ender.h"

#include "rumpuser.h"

long component_init(void);

long component_init(void)
{
	return 0;
}

static void *thread(void *arg)
{
	(void)arg;
	rumpuser_exit(RUMPUSER_PANIC);
}

long ender_end(long how)
{
	void *cookie;

	switch (how) {
	case ENDER_EXIT:
		rumpuser_exit(42);
	case ENDER_PANIC:
		if (rumpuser_thread_create(thread, NULL, "worrier", 1, -1, -1, &cookie) == 0)
			rumpuser_thread_join(cookie);
		return -1;
	case ENDER_TERM:
		rumpuser_kill(RUMPUSER_PID_SELF, 15);
		return -1;
	case ENDER_ABORT:
		rumpuser_kill(RUMPUSER_PID_SELF, 6);
		return -1;
	default:
		return how;
	}
}
