/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of mutexes. */
#include "conf.h"

#define SPIN RUMPUSER_MTX_SPIN
#define KMUTEX RUMPUSER_MTX_KMUTEX
#define ROUNDS 2000

static struct rumpuser_mtx *mtx;
static long counter; /* guarded by mtx */
static _Atomic int inside;

static void add(void (*enter)(struct rumpuser_mtx *))
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		enter(mtx);
		EXPECT(++inside == 1);
		counter++;
		inside--;
		rumpuser_mutex_exit(mtx);
	}
}

static void adds(void *arg)
{
	(void)arg;
	add(rumpuser_mutex_enter);
}

static void adds_nowrap(void *arg)
{
	(void)arg;
	add(rumpuser_mutex_enter_nowrap);
}

static void enter_by_trying(struct rumpuser_mtx *m)
{
	int error;

	while ((error = rumpuser_mutex_tryenter(m)) != 0) {
		EXPECT(error == RUMP_EBUSY);
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000);
	}
}

static void adds_trying(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS / 10; i++) {
		enter_by_trying(mtx);
		counter++;
		rumpuser_mutex_exit(mtx);
	}
}

/* As many virtual CPUs as threads: a waiter for a spin mutex keeps one. */
static const char *exclusion(int flags, void (*fn)(void *), long rounds)
{
	rumpuser_mutex_init(&mtx, flags);
	counter = 0;
	conf_cpus(5);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], fn, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(counter == 4 * rounds);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static const char *excludes_kmutex(void)
{
	return exclusion(KMUTEX, adds, ROUNDS);
}

static const char *excludes_spin(void)
{
	return exclusion(SPIN, adds, ROUNDS);
}

static const char *excludes_both(void)
{
	return exclusion(SPIN | KMUTEX, adds, ROUNDS);
}

static const char *excludes_nowrap(void)
{
	return exclusion(SPIN, adds_nowrap, ROUNDS);
}

static const char *excludes_trying(void)
{
	return exclusion(KMUTEX, adds_trying, ROUNDS / 10);
}

static const char *one_cpu(void)
{
	rumpuser_mutex_init(&mtx, KMUTEX);
	counter = 0;
	conf_cpus(1);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_start(&conf_threads[i], adds, NULL) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(counter == 8 * ROUNDS);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

/*
 * Sleep with the mutex held and the only CPU given up: a waiter for the mutex must not keep the
 * CPU.
 */
static void holds_asleep(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 50; i++) {
		rumpuser_mutex_enter(mtx);
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 100000);
		counter++;
		rumpuser_mutex_exit(mtx);
	}
}

static const char *holder_sleeps(void)
{
	rumpuser_mutex_init(&mtx, KMUTEX);
	counter = 0;
	conf_cpus(1);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], holds_asleep, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(counter == 200);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

/* How a waiter enters a spin mutex; it must not leave its CPU in any case. */
static void (*how)(struct rumpuser_mtx *);

static void enters(void *arg)
{
	struct conf_thread *t = arg;

	conf_stage_set(1);
	how(mtx);
	EXPECT(t->lwp.leaves == 0 && t->lwp.scheduled);
	rumpuser_mutex_exit(mtx);
}

static const char *keeps_cpu(int flags, void (*enter)(struct rumpuser_mtx *))
{
	struct conf_thread *t = &conf_threads[0];

	how = enter;
	for (unsigned i = 0; i < 20; i++) {
		conf_stage_set(0);
		rumpuser_mutex_init(&mtx, flags);
		rumpuser_mutex_enter(mtx);
		CHECK(rumpuser_curlwp()->leaves == rumpuser_curlwp()->returns);
		CHECK(conf_start(t, enters, t) == 0);
		conf_stage_wait(1);
		conf_breathe(); /* it comes to wait */
		CHECK(t->lwp.leaves == 0);
		rumpuser_mutex_exit(mtx);
		CHECK(conf_join(t) == 0);
		rumpuser_mutex_destroy(mtx);
	}
	return NULL;
}

static const char *spin_keeps_cpu(void)
{
	return keeps_cpu(SPIN, rumpuser_mutex_enter);
}

static const char *both_keeps_cpu(void)
{
	return keeps_cpu(SPIN | KMUTEX, rumpuser_mutex_enter);
}

static const char *nowrap_keeps_cpu(void)
{
	return keeps_cpu(SPIN, rumpuser_mutex_enter_nowrap);
}

static const char *nowrap_both_keeps_cpu(void)
{
	return keeps_cpu(SPIN | KMUTEX, rumpuser_mutex_enter_nowrap);
}

static const char *gives_way_once(void)
{
	struct conf_thread *t = &conf_threads[0];

	rumpuser_mutex_init(&mtx, KMUTEX);
	rumpuser_mutex_enter(mtx);
	CHECK(conf_start(t, adds, NULL) == 0);
	conf_leaves_wait(&t->lwp, 1);
	CHECK(t->lwp.returns == 0);
	rumpuser_mutex_exit(mtx);
	CHECK(conf_join(t) == 0);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

/* tryenter, by the holder and by another thread. */
static int tried;

static void tries(void *arg)
{
	struct lwp *l = rumpuser_curlwp();

	(void)arg;
	tried = rumpuser_mutex_tryenter(mtx);
	EXPECT(l->leaves == 0);
	if (tried == 0)
		rumpuser_mutex_exit(mtx);
}

static const char *tryenter(int flags)
{
	rumpuser_mutex_init(&mtx, flags);
	CHECK(rumpuser_mutex_tryenter(mtx) == 0);
	CHECK(conf_start(&conf_threads[0], tries, NULL) == 0);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(tried == RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
	CHECK(conf_start(&conf_threads[0], tries, NULL) == 0);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(tried == 0);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static const char *tryenter_kmutex(void)
{
	return tryenter(KMUTEX);
}

static const char *tryenter_spin(void)
{
	return tryenter(SPIN);
}

static const char *tryenter_both(void)
{
	return tryenter(SPIN | KMUTEX);
}

static const char *tryenter_own(void)
{
	rumpuser_mutex_init(&mtx, KMUTEX);
	rumpuser_mutex_enter(mtx);
	CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
	CHECK(rumpuser_mutex_tryenter(mtx) == 0);
	rumpuser_mutex_exit(mtx);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static struct lwp *owner(void)
{
	struct lwp *l = NULL;

	rumpuser_mutex_owner(mtx, &l);
	return l;
}

static const char *owner_of(int flags)
{
	struct lwp *l = rumpuser_curlwp();

	rumpuser_mutex_init(&mtx, flags);
	CHECK(owner() == NULL);
	rumpuser_mutex_enter(mtx);
	CHECK(owner() == l);
	rumpuser_mutex_exit(mtx);
	CHECK(owner() == NULL);
	CHECK(rumpuser_mutex_tryenter(mtx) == 0);
	CHECK(owner() == l);
	rumpuser_mutex_exit(mtx);
	if (flags & SPIN) {
		rumpuser_mutex_enter_nowrap(mtx);
		CHECK(owner() == l);
		rumpuser_mutex_exit(mtx);
	}
	CHECK(owner() == NULL);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static const char *owner_kmutex(void)
{
	return owner_of(KMUTEX);
}

static const char *owner_both(void)
{
	return owner_of(SPIN | KMUTEX);
}

static void sees_owner(void *arg)
{
	EXPECT(owner() == arg);
	rumpuser_mutex_enter(mtx);
	EXPECT(owner() == rumpuser_curlwp());
	conf_stage_set(1);
	conf_stage_wait(2);
	rumpuser_mutex_exit(mtx);
}

static const char *owner_elsewhere(void)
{
	struct conf_thread *t = &conf_threads[0];

	rumpuser_mutex_init(&mtx, KMUTEX);
	rumpuser_mutex_enter(mtx);
	CHECK(conf_start(t, sees_owner, rumpuser_curlwp()) == 0);
	conf_leaves_wait(&t->lwp, 1);
	CHECK(owner() == rumpuser_curlwp()); /* not the waiter */
	rumpuser_mutex_exit(mtx);
	conf_stage_wait(1);
	CHECK(owner() == &t->lwp);
	CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	CHECK(owner() == &t->lwp); /* a failed try changes nothing */
	conf_stage_set(2);
	CHECK(conf_join(t) == 0);
	CHECK(owner() == NULL);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

#define MANY 300
#define HELD 50 /* at once; ThreadSanitizer tracks 64 */

static const char *many(void)
{
	static struct rumpuser_mtx *m[MANY];

	for (unsigned i = 0; i < MANY; i++)
		rumpuser_mutex_init(&m[i], 1 + (int)(i % 3));
	for (unsigned first = 0; first < MANY; first += HELD) {
		for (unsigned i = first; i < first + HELD; i++)
			rumpuser_mutex_enter(m[i]);
		for (unsigned i = 0; i < MANY; i++) {
			bool held = i >= first && i < first + HELD;

			CHECK(rumpuser_mutex_tryenter(m[i]) == (held ? RUMP_EBUSY : 0));
			if (!held)
				rumpuser_mutex_exit(m[i]);
		}
		for (unsigned i = first; i < first + HELD; i++)
			rumpuser_mutex_exit(m[i]);
	}
	for (unsigned i = 0; i < MANY; i++)
		rumpuser_mutex_destroy(m[i]);
	return NULL;
}

/* What one thread wrote before exit another reads after enter: plain memory, no atomics. */
static struct {
	long a[32];
} shared;

static void writes_alike(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		rumpuser_mutex_enter(mtx);
		for (unsigned j = 1; j < 32; j++)
			EXPECT(shared.a[j] == shared.a[0]);
		for (unsigned j = 0; j < 32; j++)
			shared.a[j]++;
		rumpuser_mutex_exit(mtx);
	}
}

static const char *orders_memory(void)
{
	memset(&shared, 0, sizeof(shared));
	rumpuser_mutex_init(&mtx, KMUTEX);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], writes_alike, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(shared.a[31] == 4 * ROUNDS);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"KMUTEX: one thread at a time " LOCKS, excludes_kmutex},
	{"SPIN: one thread at a time " LOCKS, excludes_spin},
	{"SPIN|KMUTEX: one thread at a time " LOCKS, excludes_both},
	{"enter_nowrap: one thread at a time " LOCKS, excludes_nowrap},
	{"tryenter: one thread at a time " LOCKS, excludes_trying},
	{"KMUTEX: eight threads get along with one virtual CPU " LOCKS, one_cpu},
	{"KMUTEX: a holder that sleeps gets a virtual CPU again " LOCKS, holder_sleeps},
	{"KMUTEX: a waiter leaves, and returns when it has the mutex " LOCKS, gives_way_once},
	{"SPIN: enter never gives the virtual CPU up " LOCKS, spin_keeps_cpu},
	{"SPIN|KMUTEX: enter never gives the virtual CPU up " LOCKS, both_keeps_cpu},
	{"SPIN: enter_nowrap never gives the virtual CPU up " LOCKS, nowrap_keeps_cpu},
	{"SPIN|KMUTEX: enter_nowrap never gives the virtual CPU up " LOCKS, nowrap_both_keeps_cpu},
	{"KMUTEX: tryenter is EBUSY when another holds it, and never waits " LOCKS,
	 tryenter_kmutex},
	{"SPIN: tryenter is EBUSY when another holds it, and never waits " LOCKS, tryenter_spin},
	{"SPIN|KMUTEX: tryenter is EBUSY when another holds it, and never waits " LOCKS,
	 tryenter_both},
	{"tryenter is EBUSY for the holder itself " LOCKS, tryenter_own},
	{"KMUTEX: the owner is the lwp that entered, or none " LOCKS, owner_kmutex},
	{"SPIN|KMUTEX: the owner is the lwp that entered, or none " LOCKS, owner_both},
	{"the owner is the holder, not a waiter or one that tries " LOCKS, owner_elsewhere},
	{"300 mutexes of all kinds are independent " LOCKS, many},
	{"what was written before exit is read after enter " LOCKS, orders_memory},
};
const struct conf_section conf_mutex = SECTION("mutex", checks);
