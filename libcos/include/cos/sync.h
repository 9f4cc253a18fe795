/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Synchronisation of the threads in a component, its own and those of clients. All zero is the
 * initial state of each object; none needs destruction. Waiters are queued on their own stacks,
 * first come first served. The protocol of each is at the top of its .c file in libcos.
 *
 * A thread's permit (sched_park) belongs to these primitives. Code that parks by itself must check
 * its condition again after every park, as they do.
 *
 * Deadlines are absolute, of cos_now_ns's clock; 0: none.
 */
#ifndef COS_SYNC_H
#define COS_SYNC_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/client.h>

struct cos_waiter;

/* A short internal lock, whose holders never block. A contender lets the owner run. */
struct cos_guard {
	uint64_t owner; /* its cos_stack_last(), 0: free */
};

struct cos_waitq {
	struct cos_waiter *first;
	struct cos_waiter *last;
};

/*
 * Not recursive. word: 0: free; the owner's cos_stack_last(), with bit 0 clear if there are
 * waiters; or 2: free, with waiters.
 */
struct cos_mutex {
	uint64_t word;
	struct cos_guard guard;
	struct cos_waitq waiters;
};

#define COS_MUTEX_FREE 0
#define COS_MUTEX_UNCONTENDED 1 /* low bit of cos_stack_last() */

void cos_mutex_lock_slow(struct cos_mutex *mutex);
void cos_mutex_unlock_slow(struct cos_mutex *mutex);

static inline bool cos_mutex_trylock(struct cos_mutex *mutex)
{
	uint64_t expected = COS_MUTEX_FREE;

	return __atomic_compare_exchange_n(&mutex->word, &expected, cos_stack_last(), false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void cos_mutex_lock(struct cos_mutex *mutex)
{
	if (__builtin_expect(!cos_mutex_trylock(mutex), 0))
		cos_mutex_lock_slow(mutex);
}

/* False: there are waiters, and the mutex is still held. */
static inline bool cos_mutex_try_unlock(struct cos_mutex *mutex)
{
	uint64_t expected = cos_stack_last();

	return __atomic_compare_exchange_n(&mutex->word, &expected, COS_MUTEX_FREE, false,
					   __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static inline void cos_mutex_unlock(struct cos_mutex *mutex)
{
	if (__builtin_expect(!cos_mutex_try_unlock(mutex), 0))
		cos_mutex_unlock_slow(mutex);
}

/* Does the calling thread hold it? */
static inline bool cos_mutex_held(const struct cos_mutex *mutex)
{
	return (__atomic_load_n(&mutex->word, __ATOMIC_RELAXED) | COS_MUTEX_UNCONTENDED) ==
	       cos_stack_last();
}

struct cos_cond {
	struct cos_guard guard;
	struct cos_waitq waiters;
};

/* The mutex is held at the call and at the return. There are no spurious returns. */
void cos_cond_wait(struct cos_cond *cond, struct cos_mutex *mutex);
/* 0, or -COS_ETIMEDOUT. */
long cos_cond_timedwait(struct cos_cond *cond, struct cos_mutex *mutex, uint64_t deadline_ns);
/*
 * As cos_cond_timedwait, but the mutex is not held at the return. released(arg), unless NULL, is
 * called once the mutex is free and before the thread sleeps. It may block; a signal that comes
 * meanwhile is not lost.
 */
long cos_cond_leave(struct cos_cond *cond, struct cos_mutex *mutex, uint64_t deadline_ns,
		    void (*released)(void *), void *arg);
void cos_cond_signal(struct cos_cond *cond);
void cos_cond_broadcast(struct cos_cond *cond);

/* Writers are not starved: a reader waits behind a waiting writer. */
struct cos_rwlock {
	struct cos_guard guard;
	long readers;	 /* holding it */
	uint64_t writer; /* thread id + 1 of the holder, 0: none */
	struct cos_waitq waiters;
};

void cos_rwlock_rdlock(struct cos_rwlock *lock);
void cos_rwlock_wrlock(struct cos_rwlock *lock);
bool cos_rwlock_tryrdlock(struct cos_rwlock *lock);
bool cos_rwlock_trywrlock(struct cos_rwlock *lock);
void cos_rwlock_unlock(struct cos_rwlock *lock);
/* The writer becomes a reader, with no other writer in between. */
void cos_rwlock_downgrade(struct cos_rwlock *lock);
/*
 * A reader becomes the writer, if it is the only reader and there are no waiters. False: it stays
 * one.
 */
bool cos_rwlock_tryupgrade(struct cos_rwlock *lock);

struct cos_once {
	uint32_t done;
	struct cos_mutex mutex;
};

/* Call function unless it was called before. Returns when it has returned, in whichever thread. */
void cos_once(struct cos_once *once, void (*function)(void));

/* word: COS_SEM_ONE times the count, or COS_SEM_WAITED: the count is 0, and there are waiters. */
struct cos_sem {
	uint64_t word;
	struct cos_guard guard;
	struct cos_waitq waiters;
};

#define COS_SEM_WAITED 1
#define COS_SEM_ONE 2

void cos_sem_post_slow(struct cos_sem *sem);
long cos_sem_wait_slow(struct cos_sem *sem, uint64_t deadline_ns);

/* False: nothing was posted, because there are waiters or another thread changed the count. */
static inline bool cos_sem_try_post(struct cos_sem *sem)
{
	uint64_t word = __atomic_load_n(&sem->word, __ATOMIC_RELAXED);

	return word != COS_SEM_WAITED &&
	       __atomic_compare_exchange_n(&sem->word, &word, word + COS_SEM_ONE, false,
					   __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static inline void cos_sem_post(struct cos_sem *sem)
{
	if (__builtin_expect(!cos_sem_try_post(sem), 0))
		cos_sem_post_slow(sem);
}

static inline bool cos_sem_trywait(struct cos_sem *sem)
{
	uint64_t word = __atomic_load_n(&sem->word, __ATOMIC_RELAXED);

	while (word >= COS_SEM_ONE)
		if (__atomic_compare_exchange_n(&sem->word, &word, word - COS_SEM_ONE, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	return false;
}

/* 0, or -COS_ETIMEDOUT. */
static inline long cos_sem_wait(struct cos_sem *sem, uint64_t deadline_ns)
{
	return __builtin_expect(cos_sem_trywait(sem), 1) ? 0 : cos_sem_wait_slow(sem, deadline_ns);
}

/*
 * cos_sem_post(post), then cos_sem_wait(wait), whose result it has. For a call to a thread that
 * waits for the one and posts the other: one invocation of sched and one switch each way.
 */
long cos_sem_post_wait(struct cos_sem *post, struct cos_sem *wait, uint64_t deadline_ns);

#endif
