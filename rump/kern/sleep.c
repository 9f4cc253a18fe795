/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interruptible waits. A sleeper registers its mutex and condition in its lwp; lwp_interrupt,
 * having copied them, counts itself as a waker, takes the mutex and broadcasts, so that the wakeup
 * cannot fall between the sleeper's check and its wait. The sleeper stays in the wait (and so keeps
 * mutex and condition alive) until no waker is left.
 */
#include "kern/lwp.h"
#include "kern/printf.h"

int cv_timedwait_sig(struct kcv *c, struct kmutex *m, int64_t timeout_ns)
{
	struct lwp *l = curlwp;
	int error = 0;

	mutex_enter(&l->l_sleep_lock);
	l->l_wait_mutex = m;
	l->l_wait_cv = c;
	mutex_exit(&l->l_sleep_lock);
	if (!atomic_load(&l->l_interrupted))
		error = cv_timedwait(c, m, timeout_ns);
	mutex_enter(&l->l_sleep_lock);
	l->l_wait_mutex = NULL;
	l->l_wait_cv = NULL;
	if (l->l_wakers != 0) {
		mutex_exit(&l->l_sleep_lock);
		mutex_exit(m);
		mutex_enter(&l->l_sleep_lock);
		while (l->l_wakers != 0)
			cv_wait(&l->l_sleep_done, &l->l_sleep_lock);
		mutex_exit(&l->l_sleep_lock);
		mutex_enter(m);
	} else {
		mutex_exit(&l->l_sleep_lock);
	}
	if (atomic_exchange(&l->l_interrupted, false) || l->l_proc->p_exiting)
		return RUMP_EINTR;
	return error;
}

int cv_wait_sig(struct kcv *c, struct kmutex *m)
{
	return cv_timedwait_sig(c, m, -1);
}

void lwp_interrupt(struct lwp *l)
{
	struct kmutex *m;
	struct kcv *c;

	atomic_store(&l->l_interrupted, true);
	mutex_enter(&l->l_sleep_lock);
	m = l->l_wait_mutex;
	c = l->l_wait_cv;
	if (m != NULL)
		l->l_wakers++;
	mutex_exit(&l->l_sleep_lock);
	if (m == NULL)
		return;
	mutex_enter(m);
	cv_broadcast(c);
	mutex_exit(m);
	mutex_enter(&l->l_sleep_lock);
	if (--l->l_wakers == 0)
		cv_broadcast(&l->l_sleep_done);
	mutex_exit(&l->l_sleep_lock);
}
