/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes: making, finding and ending them.
 *
 * R1. `exiting` is set once, under proc_lock, and exit_status with it: the first reason counts.
 * R2. proc_end is called once: by the last thread that leaves (thread_exit), or by the caller of
 *     proc_kill if all threads were computing and have been detached (thread.c, P3).
 * R3. proc_end goes in this order: the hooks' `stop`, out of the list of processes, the address
 *     space, the hooks' `end`. After `stop` no timer fires for the process, so nothing uses its
 *     address space when that goes.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "base/event.h"
#include "mm/layout.h"
#include "mm/space.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "signal/pending.h"

struct cos_mutex proc_lock;
static struct list_node processes = LIST_INIT(processes);
static int next_id = 2; /* no process has 1, which getppid says to a program of the composition */

int proc_new_id(void)
{
	int id;

	for (;;) {
		bool used = false;
		struct list_node *p, *q;

		id = next_id++;
		if (next_id > 0x3fffffff)
			next_id = 2;
		list_for_each(p, &processes) {
			struct process *proc = container_of(p, struct process, link);

			used |= proc->pid == id || proc->pgid == id || proc->sid == id;
			list_for_each(q, &proc->threads)
				used |= container_of(q, struct thread, link)->tid == id;
		}
		if (!used)
			return id;
	}
}

struct process *proc_find(int pid)
{
	struct list_node *p;

	list_for_each(p, &processes)
		if (container_of(p, struct process, link)->pid == pid)
			return container_of(p, struct process, link);
	return NULL;
}

struct thread *proc_thread(struct process *proc, int tid)
{
	struct list_node *p;

	list_for_each(p, &proc->threads)
		if (container_of(p, struct thread, link)->tid == tid)
			return container_of(p, struct thread, link);
	return NULL;
}

unsigned proc_count(void)
{
	struct list_node *p;
	unsigned n = 0;

	cos_mutex_lock(&proc_lock);
	list_for_each(p, &processes)
		n += container_of(p, struct process, link)->nthreads;
	cos_mutex_unlock(&proc_lock);
	return n;
}

/* False: out of memory, and no folder keeps anything of the process. */
static bool hooks_create(struct process *proc)
{
	const struct process_hooks *const *h;

	for (h = process_hooks; *h; h++)
		if ((*h)->create && (*h)->create(proc) < 0)
			break;
	if (!*h)
		return true;
	while (h > process_hooks) {
		h--;
		if ((*h)->end)
			(*h)->end(proc);
	}
	return false;
}

struct process *proc_create(struct process *parent)
{
	struct process *proc = cos_calloc(1, sizeof(*proc));

	if (!proc)
		return NULL;
	list_init(&proc->threads);
	list_init(&proc->link);
	pending_init(&proc->pending);
	proc->parent = parent;
	proc->start_ns = cos_now_ns();
	for (unsigned i = 0; i < LX_RLIM_NLIMITS; i++)
		proc->limits[i] = (struct lx_rlimit){LX_RLIM_INFINITY, LX_RLIM_INFINITY};
	proc->limits[LX_RLIMIT_STACK].cur = STACK_SIZE;
	proc->limits[LX_RLIMIT_NOFILE] = (struct lx_rlimit){1024, 1 << 20}; /* as Linux */
	proc->limits[4 /* RLIMIT_CORE */].cur = 0;
	proc->mm = mm_create();
	if (!proc->mm || !hooks_create(proc)) {
		if (proc->mm)
			mm_put(proc->mm);
		cos_free(proc);
		return NULL;
	}
	cos_mutex_lock(&proc_lock);
	proc->pid = proc_new_id();
	proc->pgid = parent ? parent->pgid : proc->pid;
	proc->sid = parent ? parent->sid : proc->pid;
	list_add_tail(&processes, &proc->link);
	cos_mutex_unlock(&proc_lock);
	return proc;
}

/* Under proc_lock: all threads but one are to end. True: some computed, and are detached. */
static bool claim_threads(struct process *proc, const struct thread *but)
{
	struct list_node *p, *tmp;
	bool claimed = false;

	list_for_each_safe(p, tmp, &proc->threads) {
		struct thread *t = container_of(p, struct thread, link);

		if (t != but)
			claimed |= thread_claim(t);
	}
	return claimed;
}

void proc_kill(struct process *proc, int status)
{
	bool last;

	cos_mutex_lock(&proc_lock);
	if (!proc->exiting) {
		proc->exit_status = status;
		__atomic_store_n(&proc->exiting, true, __ATOMIC_SEQ_CST);
	}
	last = proc->nthreads > 0;
	if (claim_threads(proc, NULL))
		mm_stop(proc->mm);
	/* R2: no thread is left that could end the process as it leaves. */
	last = last && proc->nthreads == 0;
	cos_mutex_unlock(&proc_lock);
	if (last)
		proc_end(proc, NULL);
}

bool proc_single(struct thread *t, bool *computing)
{
	struct process *proc = t->proc;
	bool single;

	cos_mutex_lock(&proc_lock);
	*computing = claim_threads(proc, t);
	cos_mutex_unlock(&proc_lock);
	for (;;) {
		struct sleeper s = SLEEPER(t, 0);

		waiter_add(&proc->thread_wait, &s.waiter);
		cos_mutex_lock(&proc_lock);
		single = proc->nthreads == 1;
		cos_mutex_unlock(&proc_lock);
		while (!single && !s.woken && !proc->exiting)
			sched_park(0);
		waiter_remove(&s.waiter);
		if (proc->exiting)
			return false;
		if (single)
			return true;
	}
}

void proc_end(struct process *proc, struct thread *t)
{
	const struct process_hooks *const *h;

	for (h = process_hooks; *h; h++)
		if ((*h)->stop)
			(*h)->stop(proc, t);
	cos_mutex_lock(&proc_lock);
	list_remove(&proc->link);
	cos_mutex_unlock(&proc_lock);
	mm_clear(proc->mm);
	mm_put(proc->mm);
	proc->mm = NULL;
	for (h = process_hooks; *h; h++)
		if ((*h)->end)
			(*h)->end(proc);
}

void proc_exec(struct thread *t)
{
	for (const struct process_hooks *const *h = process_hooks; *h; h++)
		if ((*h)->exec)
			(*h)->exec(t);
}
