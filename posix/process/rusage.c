/* SPDX-License-Identifier: BSD-2-Clause */
/* CPU time of threads and processes. It is one sum: user and system time are not told apart. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/rusage.h"
#include "process/thread.h"

uint64_t thread_cpu_ns(struct thread *t)
{
	long ns = t->cos_tid ? sched_thd_time(t->cos_tid) : 0;

	return ns > 0 ? (uint64_t)ns : 0;
}

uint64_t proc_cpu_ns(struct process *proc)
{
	struct list_node *p;
	uint64_t ns = 0;

	cos_mutex_lock(&proc_lock);
	list_for_each(p, &proc->threads)
		ns += thread_cpu_ns(container_of(p, struct thread, link));
	ns += proc->ended_cpu_ns;
	cos_mutex_unlock(&proc_lock);
	return ns;
}

long sys_times(struct thread *t, const uint64_t *a)
{
	struct lx_tms tms = {.utime = (int64_t)(proc_cpu_ns(t->proc) / (NS_PER_S / 100))};

	if (a[0] && user_put(t, a[0], &tms, sizeof(tms)) < 0)
		return -LX_EFAULT;
	return (long)(cos_now_ns() / (NS_PER_S / 100));
}

long sys_getrusage(struct thread *t, const uint64_t *a)
{
	struct lx_rusage ru = {0};

	switch ((int)a[0]) {
	case 0:
		ru.ru_utime = ns_timeval(proc_cpu_ns(t->proc));
		break;
	case 1:
		ru.ru_utime = ns_timeval(thread_cpu_ns(t));
		break;
	case -1:
		break;
	default:
		return -LX_EINVAL;
	}
	return user_put(t, a[1], &ru, sizeof(ru));
}
