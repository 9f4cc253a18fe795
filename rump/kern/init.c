/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting the rump kernel; the upcalls for the host and the functions for local programs. */
#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/callout.h"
#include "kern/component.h"
#include "kern/file.h"
#include "kern/init.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/syscall.h"

LINK_SET_DECLARE(rump_components, struct rump_component);

static bool initialised;

static int hyp_syscall(int num, void *args, long *retval)
{
	return syscall_dispatch(curlwp, num, args, retval);
}

static void hyp_execnotify(const char *comm)
{
	fd_closeexec(curlwp);
	lwproc_setcomm(comm);
}

static struct lwp *hyp_curlwp(void)
{
	return curlwp;
}

static int32_t hyp_getpid(void)
{
	return curproc->p_pid;
}

static const struct rumpuser_hyperup hyperup = {
	.hyp_schedule = rump_schedule,
	.hyp_unschedule = rump_unschedule,
	.hyp_backend_unschedule = backend_unschedule,
	.hyp_backend_schedule = backend_schedule,
	.hyp_lwproc_switch = lwproc_switch,
	.hyp_lwproc_release = lwproc_releaselwp,
	.hyp_lwproc_rfork = lwproc_rfork,
	.hyp_lwproc_newlwp = lwproc_newlwp,
	.hyp_lwproc_curlwp = hyp_curlwp,
	.hyp_syscall = hyp_syscall,
	.hyp_lwpexit = lwproc_lwpexit,
	.hyp_execnotify = hyp_execnotify,
	.hyp_getpid = hyp_getpid,
};

void rump_component_init(enum rump_component_type type)
{
	const struct rump_component *const *c;

	LINK_SET_FOREACH(c, rump_components)
	{
		if ((*c)->rc_type == type)
			(*c)->rc_init();
	}
}

static unsigned cpu_count(void)
{
	unsigned n = 0;
	char buf[16];

	if (rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)) != 0)
		return 1;
	for (const char *s = buf; *s >= '0' && *s <= '9' && n < 1000; s++)
		n = n * 10 + (unsigned)(*s - '0');
	return n == 0 ? 1 : n;
}

int rump_init(void)
{
	if (initialised)
		return 0;
	if (rumpuser_init(RUMPUSER_VERSION, &hyperup) != 0)
		return RUMP_EPROGMISMATCH;
	initialised = true;
	kmem_bootstrap();
	cpu_bootstrap(cpu_count());
	lwproc_bootstrap();
	syscall_bootstrap();
	callout_bootstrap();
	softint_bootstrap();
	bdev_bootstrap();
	for (int type = 0; type < RUMP_COMPONENT_MAX; type++)
		rump_component_init((enum rump_component_type)type);
	cpu_release(&lwp0);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, &lwp0);
	lwp0.l_running = false;
	return 0;
}

int rump_getversion(void)
{
	return 799003600; /* __NetBSD_Version__ of the interface: 7.99.36 */
}

int rump_pub_getversion(void)
{
	return rump_getversion();
}

int rump_pub_lwproc_rfork(int flags)
{
	int error;

	rump_schedule();
	error = lwproc_rfork(NULL, flags, NULL);
	rump_unschedule();
	return error;
}

int rump_pub_lwproc_newlwp(rump_pid_t pid)
{
	int error;

	rump_schedule();
	error = lwproc_newlwp(pid);
	rump_unschedule();
	return error;
}

void rump_pub_lwproc_switch(struct lwp *l)
{
	rump_schedule();
	lwproc_switch(l);
	rump_unschedule();
}

void rump_pub_lwproc_releaselwp(void)
{
	rump_schedule();
	lwproc_releaselwp();
	rump_unschedule();
}

struct lwp *rump_pub_lwproc_curlwp(void)
{
	return curlwp;
}

void rump_pub_lwproc_interrupt(struct lwp *l)
{
	rump_schedule();
	lwp_interrupt(l);
	rump_unschedule();
}
