/* SPDX-License-Identifier: BSD-2-Clause */
/* Which cores a thread may run on. */
#ifndef POSIX_PROCESS_AFFINITY_H
#define POSIX_PROCESS_AFFINITY_H

#include <stdbool.h>

struct thread;

/* Apply the affinity that a new thread has from its maker: called by the thread itself. */
void affinity_begin(struct thread *t);
/* Tell sched. 0 or -LX_EBUSY (the thread has a deadline), -LX_EINVAL. */
long affinity_apply(const struct thread *t);
bool affinity_is_all(const struct thread *t);

#endif
