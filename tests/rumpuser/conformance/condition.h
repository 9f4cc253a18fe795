/* SPDX-License-Identifier: BSD-2-Clause */
/* A condition with its mutex, and threads that wait for it: for the checks on condition variables.
 */
#ifndef RUMPUSER_TESTS_CONDITION_H
#define RUMPUSER_TESTS_CONDITION_H

#include "conf.h"

#define SPIN RUMPUSER_MTX_SPIN
#define KMUTEX RUMPUSER_MTX_KMUTEX

extern struct rumpuser_mtx *cond_mtx;
extern struct rumpuser_cv *cond_cv, *cond_ready_cv;
extern int cond_ready, cond_tickets, cond_woken; /* guarded by mtx */

/* Make a mutex of that kind and the conditions, all counts 0, and destroy them. */
void cond_begin(int flags);
const char *cond_finish(void);
/* Whether cv has waiters. */
int cond_waiters(void);

/* A thread's: wait for a ticket, and take it. */
void cond_waits(void *arg);
/*
 * n threads that run fn, which counts itself in cond_ready, all asleep in cv_wait; mtx is held on
 * return.
 */
const char *cond_waiters_start(unsigned n, void (*fn)(void *));
#define WAITERS(n, fn)                                          \
	do {                                                    \
		const char *failed = cond_waiters_start(n, fn); \
		if (failed != NULL)                             \
			return failed;                          \
	} while (0)
const char *cond_join(unsigned n);

#endif
