/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling policies. */
#ifndef POSIX_PROCESS_POLICY_H
#define POSIX_PROCESS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* The times are a deadline's, 0 without one. */
struct thread_policy {
	int number; /* SCHED_* */
	bool reset_on_fork;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

/* May t make a thread? With a deadline, only if new threads do not inherit it. */
bool policy_may_clone(const struct thread *t);
void policy_inherit(const struct thread *t, struct thread *new);
/* Called by the new thread itself, as affinity_begin. */
void policy_begin(struct thread *t);

#endif
