/* SPDX-License-Identifier: BSD-2-Clause */
/* A program's address space: making, emptying and ending it. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "mm/space.h"
#include "process/process.h"

struct mm *mm_create(void)
{
	struct mm *mm = cos_calloc(1, sizeof(*mm));
	struct cos_pair as;

	if (!mm)
		return NULL;
	as = mem_as_create();
	if (as.v0 < 0) {
		cos_free(mm);
		return NULL;
	}
	mm->refs = 1;
	mm->as = as.v0;
	mm->window = MEM_WINDOW((unsigned long)as.v1);
	list_init(&mm->mappings);
	return mm;
}

void mm_put(struct mm *mm)
{
	if (__atomic_sub_fetch(&mm->refs, 1, __ATOMIC_ACQ_REL))
		return;
	cos_assert(list_empty(&mm->mappings));
	mem_as_destroy(mm->as);
	cos_free(mm);
}

long mm_renew(struct process *proc)
{
	struct mm *new = mm_create(), *old = proc->mm;

	if (!new)
		return -LX_ENOMEM;
	cos_mutex_lock(&proc_lock);
	proc->mm = new;
	cos_mutex_unlock(&proc_lock);
	mm_put(old);
	return 0;
}

void mm_stop(struct mm *mm)
{
	mem_as_stop(mm->as);
}

void mm_clear(struct mm *mm)
{
	struct cos_pair region;

	cos_mutex_lock(&mm->lock);
	for (;;) {
		unsigned long start;

		region = mem_as_query(mm->as, 0);
		if (region.v0 < 0)
			break;
		start = PAGE_DOWN((unsigned long)region.v0);
		if (mem_as_unmap(mm->as, start, (unsigned long)region.v1 - start) < 0)
			break;
	}
	mm->brk = mm->brk_start = mm->trampoline = 0;
	cos_mutex_unlock(&mm->lock);
}

/* Writing implies reading, as on every x86 processor. */
long mm_prot(uint64_t prot, unsigned long *out)
{
	unsigned long p = 0;

	if (prot & ~(uint64_t)(LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC))
		return -LX_EINVAL;
	if (prot & (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC))
		p |= COS_PG_READ;
	if (prot & LX_PROT_WRITE)
		p |= COS_PG_WRITE;
	if (prot & LX_PROT_EXEC)
		p |= COS_PG_EXEC;
	if (p & COS_PG_WRITE && p & COS_PG_EXEC)
		return -LX_EACCES; /* memory of a program is never both */
	*out = p;
	return 0;
}

long mm_result(long r)
{
	return r < 0 ? linux_errno_from_cos(r) : r;
}

long mm_map_anonymous(struct mm *mm, uint64_t hint, uint64_t len, unsigned prot, unsigned mem_flags)
{
	return mm_result(mem_as_map(mm->as, hint, len, prot | mem_flags));
}

void mm_set_brk(struct mm *mm, uint64_t start)
{
	mm->brk_start = mm->brk = start;
}
