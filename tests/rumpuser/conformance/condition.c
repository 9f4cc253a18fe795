/* SPDX-License-Identifier: BSD-2-Clause */
/* A condition with its mutex and waiters (condition.h). */
#include "condition.h"

struct rumpuser_mtx *cond_mtx;
struct rumpuser_cv *cond_cv, *cond_ready_cv;
int cond_ready, cond_tickets, cond_woken; /* guarded by mtx */

void cond_begin(int flags)
{
	rumpuser_mutex_init(&cond_mtx, flags);
	rumpuser_cv_init(&cond_cv);
	rumpuser_cv_init(&cond_ready_cv);
	cond_ready = cond_tickets = cond_woken = 0;
}

const char *cond_finish(void)
{
	rumpuser_cv_destroy(cond_ready_cv);
	rumpuser_cv_destroy(cond_cv);
	rumpuser_mutex_destroy(cond_mtx);
	return NULL;
}

int cond_waiters(void)
{
	int n = -1;

	rumpuser_cv_has_waiters(cond_cv, &n);
	return n;
}

/* Wait for a ticket; a wake-up of another waiter, or without a ticket, is allowed. */
void cond_waits(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(cond_mtx);
	cond_ready++;
	rumpuser_cv_signal(cond_ready_cv);
	while (cond_tickets == 0)
		rumpuser_cv_wait(cond_cv, cond_mtx);
	cond_tickets--;
	cond_woken++;
	rumpuser_cv_signal(cond_ready_cv);
	rumpuser_mutex_exit(cond_mtx);
}

/* n waiters, all asleep: each has released the mutex, which happens only in cv_wait. */
const char *cond_waiters_start(unsigned n, void (*fn)(void *))
{
	for (unsigned i = 0; i < n; i++)
		CHECK(conf_start(&conf_threads[i], fn, &conf_threads[i]) == 0);
	rumpuser_mutex_enter(cond_mtx);
	while (cond_ready < (int)n)
		rumpuser_cv_wait(cond_ready_cv, cond_mtx);
	return NULL; /* holding mtx */
}
const char *cond_join(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}
