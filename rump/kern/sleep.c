/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interruptible waits.
 *
 * I1 A sleeper registers its mutex and condition in its lwp, and checks l_interrupted after that.
 *    lwp_interrupt sets l_interrupted, and looks for a registration after that. So either the
 *    sleeper sees the interruption, or the waker sees the registration.
 * I2 A waker takes the sleeper's mutex before it broadcasts, so the wake-up cannot come between the
 *    sleeper's check and its wait.
 * I3 A waker counts itself in l_wakers, and a sleeper stays in the wait until l_wakers is 0: the
 *    mutex and the condition exist as long as a waker uses them.
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
