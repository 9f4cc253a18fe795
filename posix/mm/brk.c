/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap: brk. */
#include "base/os.h"
#include "calls.h"
#include "mm/space.h"
#include "process/process.h"
#include "process/thread.h"

long sys_brk(struct thread *t, const uint64_t *a)
{
	struct mm *mm = t->proc->mm;
	uint64_t want = a[0], old, new;

	cos_mutex_lock(&mm->lock);
	old = PAGE_UP(mm->brk);
	new = PAGE_UP(want);
	if (want >= mm->brk_start && want < COS_SLOT(1ul)) {
		long r = 0;

		if (new > old)
			r = mem_as_map(mm->as, old, new - old,
				       COS_PG_READ | COS_PG_WRITE | MEM_FIXED | MEM_NOREPLACE);
		else if (new < old)
			r = mem_as_unmap(mm->as, new, old - new);
		if (r >= 0)
			mm->brk = want;
	}
	want = mm->brk;
	cos_mutex_unlock(&mm->lock);
	return (long)want;
}
