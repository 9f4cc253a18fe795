/* SPDX-License-Identifier: BSD-2-Clause */
/* madvise, mincore, mlock. Memory is never paged out, so most of it has no effect. */
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "mm/mapping.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

#define MADV_DONTNEED 4
#define MADV_FREE 8
#define MADV_REMOVE 9
long sys_madvise(struct thread *t, const uint64_t *a)
{
	uint64_t len = PAGE_UP(a[1]);
	struct mm *mm = t->proc->mm;
	struct list_node *p;
	long r;

	if (a[0] & (PAGE - 1) || !user_range(a[0], len))
		return -LX_EINVAL;
	switch ((int)a[2]) {
	case MADV_DONTNEED:
		cos_mutex_lock(&mm->lock);
		list_for_each(p, &mm->mappings) {
			struct mapping *m = container_of(p, struct mapping, link);

			/* A file's pages would be read again with the same content. */
			if (m->start < a[0] + len && m->end > a[0]) {
				cos_mutex_unlock(&mm->lock);
				return 0;
			}
		}
		r = len ? mem_as_discard(mm->as, a[0], len) : 0;
		cos_mutex_unlock(&mm->lock);
		return r == -COS_ENOENT ? -LX_ENOMEM : mm_result(r);
	case MADV_REMOVE:
		return -LX_EINVAL;
	case 0 ... 3:	/* normal, random, sequential, willneed */
	case MADV_FREE: /* pages that may go under memory pressure may stay as well */
	case 10 ... 21: /* fork, merging, huge pages, dumping, cold, pageout: advice */
		return 0;
	default:
		return -LX_EINVAL;
	}
}

/* All mapped pages are in memory. */
long sys_mincore(struct thread *t, const uint64_t *a)
{
	uint64_t end = a[0] + PAGE_UP(a[1]), at = a[0];
	char one = 1;

	if (a[0] & (PAGE - 1))
		return -LX_EINVAL;
	if (!user_range(a[0], a[1]))
		return -LX_ENOMEM;
	while (at < end) {
		struct cos_pair region = mem_as_query(t->proc->mm->as, at);

		if (region.v0 < 0 || PAGE_DOWN((uint64_t)region.v0) > at)
			return -LX_ENOMEM;
		for (; at < end && at < (uint64_t)region.v1; at += PAGE)
			if (user_put(t, a[2] + (at - a[0]) / PAGE, &one, 1) < 0)
				return -LX_EFAULT;
	}
	return 0;
}

/* All memory is locked. */
long sys_mlock(struct thread *t, const uint64_t *a)
{
	return user_range(a[0], a[1]) && mem_as_query(t->proc->mm->as, PAGE_DOWN(a[0])).v0 >= 0
		       ? 0
		       : -LX_ENOMEM;
}

long sys_munlock(struct thread *t, const uint64_t *a)
{
	return sys_mlock(t, a);
}

long sys_mlockall(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] == 0 || a[0] & ~7ull ? -LX_EINVAL : 0;
}

long sys_munlockall(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return 0;
}
