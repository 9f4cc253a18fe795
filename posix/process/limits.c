/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resource limits. All are kept; RLIMIT_NOFILE, the highest descriptor, is the one that is obeyed.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

static long limit(struct thread *t, unsigned which, uint64_t new, uint64_t old)
{
	struct lx_rlimit *l, set;

	if (which >= LX_RLIM_NLIMITS)
		return -LX_EINVAL;
	l = &t->proc->limits[which];
	if (new &&user_get(t, &set, new, sizeof(set)) < 0)
		return -LX_EFAULT;
	if (new &&set.cur > set.max)
		return -LX_EINVAL;
	if (new &&which == LX_RLIMIT_NOFILE && set.max > 1 << 20) /* as Linux's fs.nr_open */
		return -LX_EPERM;
	if (new &&set.max > l->max && t->proc->euid != 0)
		return -LX_EPERM;
	if (old && user_put(t, old, l, sizeof(*l)) < 0)
		return -LX_EFAULT;
	if (new)
		*l = set;
	return 0;
}

long sys_prlimit64(struct thread *t, const uint64_t *a)
{
	if ((int)a[0] != 0 && (int)a[0] != t->proc->pid)
		return -LX_ESRCH;
	return limit(t, (unsigned)a[1], a[2], a[3]);
}

long sys_getrlimit(struct thread *t, const uint64_t *a)
{
	return a[1] ? limit(t, (unsigned)a[0], 0, a[1]) : -LX_EFAULT;
}

long sys_setrlimit(struct thread *t, const uint64_t *a)
{
	return a[1] ? limit(t, (unsigned)a[0], a[1], 0) : -LX_EFAULT;
}
