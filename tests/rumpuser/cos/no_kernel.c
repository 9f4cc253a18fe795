/* SPDX-License-Identifier: BSD-2-Clause */
/* The upcalls of a component without a rump kernel. */
#include "no_kernel.h"

static void up_nothing(void)
{
}

static void up_leave(int nlocks, int *countp, void *interlock)
{
	(void)interlock;
	*countp = nlocks;
}

static void up_return(int nlocks, void *interlock)
{
	(void)nlocks, (void)interlock;
}

static int up_newlwp(int32_t pid)
{
	return pid;
}

const struct rumpuser_hyperup no_kernel = {
	.hyp_schedule = up_nothing,
	.hyp_unschedule = up_nothing,
	.hyp_backend_unschedule = up_leave,
	.hyp_backend_schedule = up_return,
	.hyp_lwproc_newlwp = up_newlwp,
	.hyp_lwproc_release = up_nothing,
};
