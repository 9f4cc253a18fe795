/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scheduling policies: the ordinary one, by its three names, and deadlines, which sched keeps. The
 * real-time policies are refused (EPERM), since they need a right that programs do not have. What
 * is checked in which order is in sched_setscheduler(2), sched_setattr(2) and sched(7).
 */
#include "base/os.h"
#include <cos/core.h>
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/affinity.h"
#include "process/policy.h"
#include "process/process.h"
#include "process/thread.h"

#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6
#define SCHED_RESET_ON_FORK 0x40000000
#define PRIORITY_MAX 99

#define FLAG_RESET_ON_FORK 1
#define FLAG_KEEP_POLICY 8
#define FLAG_KEEP_PARAMS 16
#define FLAGS_HAVE (FLAG_RESET_ON_FORK | FLAG_KEEP_POLICY | FLAG_KEEP_PARAMS)

/* linux/sched/types.h; its first version ended with period_ns. */
struct sched_attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
	uint32_t util_min, util_max;
};
#define ATTR_SIZE_FIRST 48
#define ATTR_SIZE_MAX 4096 /* a page, as Linux */

/* sched(7): bounds of a deadline's period, and the least runtime. */
#define PERIOD_MIN_NS 100000ull
#define PERIOD_MAX_NS (4194304ull * 1000)
#define RUNTIME_MIN_NS 1024

static bool fair_policy(int policy)
{
	return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

static bool realtime_policy(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* A thread of t's process, 0: t. Under proc_lock. */
static struct thread *policy_thread(struct thread *t, int tid)
{
	return tid ? proc_thread(t->proc, tid) : t;
}

static bool deadline_valid(const struct sched_attr *attr)
{
	uint64_t period = attr->period_ns ? attr->period_ns : attr->deadline_ns;

	return attr->deadline_ns && attr->runtime_ns >= RUNTIME_MIN_NS &&
	       attr->runtime_ns <= attr->deadline_ns && attr->deadline_ns <= period &&
	       period >= PERIOD_MIN_NS && period <= PERIOD_MAX_NS;
}

/*
 * Give `other` a deadline, runtime_ns 0: take it away. sched accepts one only on a core that both
 * the calling thread t and `other` are on, and only if that core has the time; so t goes from core
 * to core until one accepts. A thread with a deadline stays on its core. 0 or -LX_E*.
 */
static long deadline_tell(struct thread *t, const struct thread *other, uint64_t runtime_ns,
			  uint64_t deadline_ns, uint64_t period_ns)
{
	long r = -COS_EBUSY, refused = 0;
	unsigned core = cos_core();

	for (unsigned i = 0; i < cos_ncores() && r < 0; i++) {
		r = sched_thd_deadline(other->cos_tid, runtime_ns, deadline_ns, period_ns);
		if (r != -COS_ECORE)
			refused = r;
		if (r == -COS_EBUSY || r == -COS_ECORE)
			(void)sched_thd_bind(t->cos_tid, (core + i + 1) % cos_ncores());
	}
	return r == 0			? 0
	       : refused == -COS_EINVAL ? -LX_EINVAL
	       : refused == -COS_EDEAD	? -LX_ESRCH
					: -LX_EBUSY;
}

static long deadline_begin(struct thread *t, const struct thread *other,
			   const struct sched_attr *attr)
{
	uint64_t period = attr->period_ns ? attr->period_ns : attr->deadline_ns;
	long r = deadline_tell(t, other, attr->runtime_ns, attr->deadline_ns, period);

	if (r < 0 || t != other)
		(void)affinity_apply(t);
	return r;
}

static long deadline_end(struct thread *t, const struct thread *other)
{
	long r = deadline_tell(t, other, 0, 0, 0);

	(void)affinity_apply(t);
	if (r == 0 && t != other)
		(void)affinity_apply(other);
	return r;
}

static bool attr_valid(const struct sched_attr *attr)
{
	int policy = (int)attr->policy;

	if (attr->flags & ~(uint64_t)FLAGS_HAVE || attr->priority > PRIORITY_MAX)
		return false;
	if (!fair_policy(policy) && !realtime_policy(policy) && policy != SCHED_DEADLINE)
		return false;
	if (policy == SCHED_DEADLINE && !deadline_valid(attr))
		return false;
	return realtime_policy(policy) == (attr->priority != 0);
}

/* Without root: nothing that gives the thread more time than before (sched(7)). */
static bool may_set(const struct thread_policy *old, const struct sched_attr *attr)
{
	if (attr->policy == SCHED_DEADLINE ||
	    (old->number == SCHED_IDLE && attr->policy != SCHED_IDLE))
		return false;
	return !old->reset_on_fork || (attr->flags & FLAG_RESET_ON_FORK);
}

/* Under proc_lock. */
static long policy_set(struct thread *t, struct thread *other, struct sched_attr *attr)
{
	const struct thread_policy *old = &other->policy;
	bool deadline = attr->policy == SCHED_DEADLINE;
	long r = 0;

	if (!attr_valid(attr))
		return -LX_EINVAL;
	if (realtime_policy((int)attr->policy) || (fair_policy((int)attr->policy) && attr->nice))
		return -LX_EPERM;
	if (t->proc->euid != 0 && !may_set(old, attr))
		return -LX_EPERM;
	if (deadline && !affinity_is_all(other))
		return -LX_EPERM;
	if (deadline)
		r = deadline_begin(t, other, attr);
	else if (old->number == SCHED_DEADLINE)
		r = deadline_end(t, other);
	if (r < 0)
		return r;
	other->policy = (struct thread_policy){.number = (int)attr->policy,
					       .reset_on_fork = attr->flags & FLAG_RESET_ON_FORK};
	if (deadline) {
		other->policy.runtime_ns = attr->runtime_ns;
		other->policy.deadline_ns = attr->deadline_ns;
		other->policy.period_ns = attr->period_ns ? attr->period_ns : attr->deadline_ns;
	}
	return 0;
}

static void keep_params(const struct thread *other, struct sched_attr *attr)
{
	attr->nice = 0;
	attr->priority = 0;
	attr->runtime_ns = other->policy.runtime_ns;
	attr->deadline_ns = other->policy.deadline_ns;
	attr->period_ns = other->policy.period_ns;
}

static long policy_set_of(struct thread *t, int tid, struct sched_attr *attr)
{
	struct thread *other;
	long r;

	cos_mutex_lock(&proc_lock);
	other = policy_thread(t, tid);
	if (other && attr->flags & FLAG_KEEP_POLICY) {
		attr->policy = (uint32_t)other->policy.number;
		attr->flags &= ~(uint64_t)FLAG_RESET_ON_FORK;
		attr->flags |= other->policy.reset_on_fork ? FLAG_RESET_ON_FORK : 0;
	}
	if (other && attr->flags & FLAG_KEEP_PARAMS)
		keep_params(other, attr);
	r = other && other->cos_tid ? policy_set(t, other, attr) : -LX_ESRCH;
	cos_mutex_unlock(&proc_lock);
	return r;
}

/* A copy, so that no lock is held while the program's memory is written. */
static long policy_get(struct thread *t, int tid, struct thread_policy *policy)
{
	const struct thread *other;

	if (tid < 0)
		return -LX_EINVAL;
	cos_mutex_lock(&proc_lock);
	other = policy_thread(t, tid);
	if (other)
		*policy = other->policy;
	cos_mutex_unlock(&proc_lock);
	return other ? 0 : -LX_ESRCH;
}

bool policy_may_clone(const struct thread *t)
{
	return t->policy.number != SCHED_DEADLINE || t->policy.reset_on_fork;
}

void policy_inherit(const struct thread *t, struct thread *new)
{
	if (!t->policy.reset_on_fork)
		new->policy = t->policy;
}

void policy_begin(struct thread *t)
{
	const struct sched_attr attr = {.runtime_ns = t->policy.runtime_ns,
					.deadline_ns = t->policy.deadline_ns,
					.period_ns = t->policy.period_ns};

	/* If another thread has taken the core's time meanwhile, the deadline is lost. */
	if (t->policy.number == SCHED_DEADLINE && deadline_begin(t, t, &attr) < 0)
		t->policy = (struct thread_policy){.number = SCHED_OTHER};
}

long sys_sched_getscheduler(struct thread *t, const uint64_t *a)
{
	struct thread_policy policy;
	long r = policy_get(t, (int)a[0], &policy);

	return r < 0 ? r : policy.number | (policy.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

static long set_simple(struct thread *t, int tid, uint64_t params, struct sched_attr *attr)
{
	int32_t prio;

	if (!params || tid < 0)
		return -LX_EINVAL;
	if (user_get(t, &prio, params, sizeof(prio)) < 0)
		return -LX_EFAULT;
	attr->priority = (uint32_t)prio;
	return policy_set_of(t, tid, attr);
}

long sys_sched_setscheduler(struct thread *t, const uint64_t *a)
{
	struct sched_attr attr = {.policy = (uint32_t)a[1] & ~(uint32_t)SCHED_RESET_ON_FORK};

	if ((int)a[1] < 0)
		return -LX_EINVAL;
	if (a[1] & SCHED_RESET_ON_FORK)
		attr.flags = FLAG_RESET_ON_FORK;
	return set_simple(t, (int)a[0], a[2], &attr);
}

long sys_sched_setparam(struct thread *t, const uint64_t *a)
{
	struct sched_attr attr = {.flags = FLAG_KEEP_POLICY};

	return set_simple(t, (int)a[0], a[1], &attr);
}

long sys_sched_getparam(struct thread *t, const uint64_t *a)
{
	struct thread_policy policy;
	int32_t prio = 0;
	long r;

	if (!a[1])
		return -LX_EINVAL;
	r = policy_get(t, (int)a[0], &policy);
	return r < 0 ? r : user_put(t, a[1], &prio, sizeof(prio));
}

/* The program's struct may be shorter than this one; a longer one is zero beyond it. */
static long attr_get(struct thread *t, struct sched_attr *attr, uint64_t from)
{
	uint32_t size, ours = sizeof(*attr);
	uint8_t more;

	if (user_get(t, &size, from, sizeof(size)) < 0)
		return -LX_EFAULT;
	if (size == 0)
		size = ATTR_SIZE_FIRST;
	for (uint32_t at = ours; size <= ATTR_SIZE_MAX && at < size; at++) {
		if (user_get(t, &more, from + at, 1) < 0)
			return -LX_EFAULT;
		if (more)
			size = UINT32_MAX;
	}
	if (size < ATTR_SIZE_FIRST || size > ATTR_SIZE_MAX) {
		(void)user_put(t, from, &ours, sizeof(ours));
		return -LX_E2BIG;
	}
	return user_get(t, attr, from, MIN(size, ours)) < 0 ? -LX_EFAULT : 0;
}

long sys_sched_setattr(struct thread *t, const uint64_t *a)
{
	struct sched_attr attr = {0};
	long r;

	if (!a[1] || (int)a[0] < 0 || (uint32_t)a[2])
		return -LX_EINVAL;
	r = attr_get(t, &attr, a[1]);
	if (r < 0)
		return r;
	if ((int32_t)attr.policy < 0)
		return -LX_EINVAL;
	return policy_set_of(t, (int)a[0], &attr);
}

long sys_sched_getattr(struct thread *t, const uint64_t *a)
{
	uint32_t size = (uint32_t)a[2];
	struct thread_policy policy;
	struct sched_attr attr;
	long r;

	if (!a[1] || (int)a[0] < 0 || size > ATTR_SIZE_MAX || size < ATTR_SIZE_FIRST ||
	    (uint32_t)a[3])
		return -LX_EINVAL;
	r = policy_get(t, (int)a[0], &policy);
	if (r < 0)
		return r;
	attr = (struct sched_attr){.size = MIN(size, (uint32_t)sizeof(attr)),
				   .policy = (uint32_t)policy.number,
				   .flags = policy.reset_on_fork ? FLAG_RESET_ON_FORK : 0,
				   .runtime_ns = policy.runtime_ns,
				   .deadline_ns = policy.deadline_ns,
				   .period_ns = policy.period_ns};
	return user_put(t, a[1], &attr, attr.size) < 0 ? -LX_EFAULT : 0;
}

static long priority_bound(int policy, long realtime)
{
	return realtime_policy(policy)				 ? realtime
	       : fair_policy(policy) || policy == SCHED_DEADLINE ? 0
								 : -LX_EINVAL;
}

long sys_sched_get_priority_max(struct thread *t, const uint64_t *a)
{
	(void)t;
	return priority_bound((int)a[0], 99);
}

long sys_sched_get_priority_min(struct thread *t, const uint64_t *a)
{
	(void)t;
	return priority_bound((int)a[0], 1);
}

long sys_sched_yield(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	sched_yield();
	return 0;
}

long sys_getpriority(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] > 2 ? -LX_EINVAL : 20; /* 20 - nice */
}

long sys_setpriority(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] > 2 ? -LX_EINVAL : (int)a[2] == 0 ? 0 : -LX_EPERM;
}
