/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of a component (cos/thread.h), made by sched. */
#include <sched/sched.h>
#include <cos/alloc.h>
#include <cos/thread.h>

struct thread_start {
	void (*function)(void *);
	void *arg;
};

extern const char cos_thread_entry[]; /* x86_64/thread.S */
void cos_thread_main(struct thread_start *start);

long cos_thread_create(void (*function)(void *), void *arg, long prio)
{
	struct thread_start *start = cos_malloc(sizeof(*start));
	long tid;

	if (start == NULL)
		return -COS_ENOMEM;
	start->function = function;
	start->arg = arg;
	tid = sched_thd_create((unsigned long)cos_thread_entry, (unsigned long)start, prio);
	if (tid < 0)
		cos_free(start);
	return tid;
}

_Noreturn void cos_thread_exit(void)
{
	sched_thd_exit();
	__builtin_trap(); /* sched is gone */
}

void cos_thread_main(struct thread_start *start)
{
	struct thread_start copy = *start;

	cos_free(start);
	copy.function(copy.arg);
	cos_thread_exit();
}
