/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The services for hypercalls of components (rumpuser_component.h) that are the same on every host:
 * they use nothing but upcalls. rumpuser_component_errtrans is each host's own.
 */
#include <stdint.h>

#include "rumpuser.h"
#include "rumpuser_component.h"

/* Each host's copy of what rumpuser_init got. */
extern struct rumpuser_hyperup rumpuser__hyp;

void *rumpuser_component_unschedule(void)
{
	int nlocks;

	rumpuser__hyp.hyp_backend_unschedule(0, &nlocks, NULL);
	return (void *)(intptr_t)nlocks;
}

void rumpuser_component_schedule(void *cookie)
{
	rumpuser__hyp.hyp_backend_schedule((int)(intptr_t)cookie, NULL);
}

void rumpuser_component_kthread(void)
{
	rumpuser__hyp.hyp_schedule();
	/* Fails only when process 0 is gone. */
	if (rumpuser__hyp.hyp_lwproc_newlwp(0) != 0)
		rumpuser_exit(RUMPUSER_PANIC);
	rumpuser__hyp.hyp_unschedule();
}

void rumpuser_component_kthread_release(void)
{
	rumpuser__hyp.hyp_schedule();
	rumpuser__hyp.hyp_lwproc_release();
	rumpuser__hyp.hyp_unschedule();
}

struct lwp *rumpuser_component_curlwp(void)
{
	struct lwp *l;

	rumpuser__hyp.hyp_schedule();
	l = rumpuser__hyp.hyp_lwproc_curlwp();
	rumpuser__hyp.hyp_unschedule();
	return l;
}

void rumpuser_component_switchlwp(struct lwp *l)
{
	rumpuser__hyp.hyp_schedule();
	rumpuser__hyp.hyp_lwproc_switch(l);
	rumpuser__hyp.hyp_unschedule();
}
