/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which cores a thread may run on. sched knows two cases: any core, or one. A thread that may have
 * some of the cores is bound to one of them, chosen by its id, so that threads spread.
 */
#include "base/os.h"
#include <cos/core.h>
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/affinity.h"
#include "process/process.h"
#include "process/thread.h"

static unsigned mask_words(void)
{
	return (cos_ncores() + 63) / 64;
}

/* A bit for each core of the machine. */
static void mask_all(uint64_t *mask)
{
	memset(mask, 0, AFFINITY_WORDS * sizeof(*mask));
	for (unsigned core = 0; core < cos_ncores(); core++)
		mask[core / 64] |= 1ull << core % 64;
}

static unsigned mask_count(const uint64_t *mask)
{
	unsigned count = 0;

	for (unsigned core = 0; core < cos_ncores(); core++)
		count += mask[core / 64] >> core % 64 & 1;
	return count;
}

static long mask_nth(const uint64_t *mask, unsigned n)
{
	for (unsigned core = 0; core < cos_ncores(); core++)
		if (mask[core / 64] >> core % 64 & 1 && n-- == 0)
			return core;
	return SCHED_CORE_ANY;
}

long affinity_apply(const struct thread *t)
{
	unsigned count = mask_count(t->affinity);
	long core = SCHED_CORE_ANY;

	if (count > 0 && count < cos_ncores())
		core = mask_nth(t->affinity, (unsigned)t->cos_tid % count);
	switch (sched_thd_bind(t->cos_tid, core)) {
	case 0:
		return 0;
	case -COS_EBUSY: /* it has a deadline */
		return -LX_EBUSY;
	default:
		return -LX_EINVAL;
	}
}

bool affinity_is_all(const struct thread *t)
{
	unsigned count = mask_count(t->affinity);

	return count == 0 || count == cos_ncores();
}

void affinity_begin(struct thread *t)
{
	if (mask_count(t->affinity) > 0)
		(void)affinity_apply(t); /* cannot be refused: its maker has the same */
}

/* Under proc_lock. */
static struct thread *affinity_thread(struct thread *t, int tid)
{
	return tid ? proc_thread(t->proc, tid) : t;
}

long sys_sched_getaffinity(struct thread *t, const uint64_t *a)
{
	uint64_t mask[AFFINITY_WORDS];
	size_t len = mask_words() * sizeof(mask[0]);
	struct thread *other;

	if (a[1] < len || a[1] & 7)
		return -LX_EINVAL;
	cos_mutex_lock(&proc_lock);
	other = affinity_thread(t, (int)a[0]);
	if (other)
		memcpy(mask, other->affinity, sizeof(mask));
	cos_mutex_unlock(&proc_lock);
	if (!other)
		return -LX_ESRCH;
	if (mask_count(mask) == 0)
		mask_all(mask);
	return user_put(t, a[2], mask, len) < 0 ? -LX_EFAULT : (long)len;
}

long sys_sched_setaffinity(struct thread *t, const uint64_t *a)
{
	uint64_t mask[AFFINITY_WORDS] = {0}, before[AFFINITY_WORDS];
	struct thread *other;
	long r = -LX_ESRCH;

	if (user_get(t, mask, a[2], MIN(a[1], mask_words() * sizeof(mask[0]))) < 0)
		return -LX_EFAULT;
	if (mask_count(mask) == 0)
		return -LX_EINVAL;
	cos_mutex_lock(&proc_lock);
	other = affinity_thread(t, (int)a[0]);
	if (other) {
		memcpy(before, other->affinity, sizeof(before));
		memcpy(other->affinity, mask, sizeof(mask));
		r = other->cos_tid && !(other->policy.deadline_ns && affinity_is_all(other))
			    ? affinity_apply(other)
			    : 0;
		if (r < 0)
			memcpy(other->affinity, before, sizeof(before));
	}
	cos_mutex_unlock(&proc_lock);
	return r;
}

long sys_getcpu(struct thread *t, const uint64_t *a)
{
	uint32_t core = cos_core(), node = 0;

	if ((a[0] && user_put(t, a[0], &core, 4) < 0) || (a[1] && user_put(t, a[1], &node, 4) < 0))
		return -LX_EFAULT;
	return 0;
}
