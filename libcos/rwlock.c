/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader-writer locks (cos/sync.h). Everything changes under the guard.
 *
 * I1  There is a writer, or there are readers, or neither.
 * I2  The lock is granted in the order of the queue: an unlock gives it to the first writer, or to
 *     all readers before the first writer (grant). A thread that comes while there is a queue joins
 *     it, even as a reader among readers: so no writer starves.
 */
#include <cos/log.h>
#include "waitq.h"

static bool can_enter(const struct cos_rwlock *lock, bool writer)
{
	return lock->writer == 0 && (!writer || lock->readers == 0);
}

static void enter(struct cos_rwlock *lock, long tid, bool writer)
{
	if (writer)
		lock->writer = (uint64_t)tid + 1;
	else
		lock->readers++;
}

/* Under the guard. */
static void grant(struct cos_rwlock *lock)
{
	struct cos_waiter *waiter;

	while ((waiter = lock->waiters.first) != NULL && can_enter(lock, waiter->writer)) {
		waitq_remove(&lock->waiters, waiter);
		enter(lock, waiter->tid, waiter->writer);
		sched_unpark(waiter_mark(waiter));
	}
}

static bool try_enter(struct cos_rwlock *lock, bool writer)
{
	bool can;

	cos_guard_lock(&lock->guard);
	can = lock->waiters.first == NULL && can_enter(lock, writer);
	if (can)
		enter(lock, cos_tid(), writer);
	cos_guard_unlock(&lock->guard);
	return can;
}

static void lock_as(struct cos_rwlock *lock, bool writer)
{
	struct cos_waiter waiter = {.writer = writer};

	cos_guard_lock(&lock->guard);
	if (lock->waiters.first == NULL && can_enter(lock, writer)) {
		enter(lock, cos_tid(), writer);
		cos_guard_unlock(&lock->guard);
		return;
	}
	waitq_enqueue(&lock->waiters, &waiter);
	cos_guard_unlock(&lock->guard);
	waiter_wait(&waiter, 0, WAKE_NONE);
}

void cos_rwlock_rdlock(struct cos_rwlock *lock)
{
	lock_as(lock, false);
}

void cos_rwlock_wrlock(struct cos_rwlock *lock)
{
	lock_as(lock, true);
}

bool cos_rwlock_tryrdlock(struct cos_rwlock *lock)
{
	return try_enter(lock, false);
}

bool cos_rwlock_trywrlock(struct cos_rwlock *lock)
{
	return try_enter(lock, true);
}

void cos_rwlock_unlock(struct cos_rwlock *lock)
{
	cos_guard_lock(&lock->guard);
	if (lock->writer != 0) {
		cos_assert(lock->writer == (uint64_t)cos_tid() + 1);
		lock->writer = 0;
	} else {
		cos_assert(lock->readers > 0);
		lock->readers--;
	}
	grant(lock);
	cos_guard_unlock(&lock->guard);
}

void cos_rwlock_downgrade(struct cos_rwlock *lock)
{
	cos_guard_lock(&lock->guard);
	cos_assert(lock->writer == (uint64_t)cos_tid() + 1);
	lock->writer = 0;
	lock->readers = 1;
	grant(lock);
	cos_guard_unlock(&lock->guard);
}

bool cos_rwlock_tryupgrade(struct cos_rwlock *lock)
{
	bool can;

	cos_guard_lock(&lock->guard);
	cos_assert(lock->readers > 0);
	can = lock->readers == 1 && lock->waiters.first == NULL;
	if (can) {
		lock->readers = 0;
		lock->writer = (uint64_t)cos_tid() + 1;
	}
	cos_guard_unlock(&lock->guard);
	return can;
}
