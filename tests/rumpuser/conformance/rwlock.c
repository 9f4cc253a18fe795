/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of read-write locks. */
#include "conf.h"

#define READER RUMPUSER_RW_READER
#define WRITER RUMPUSER_RW_WRITER
#define ROUNDS 2000

static struct rumpuser_rw *rw;
static long value; /* guarded by rw */
static _Atomic int readers, writers;

static bool held(int how)
{
	int heldp = -1;

	rumpuser_rw_held(how, rw, &heldp);
	EXPECT(heldp >= 0);
	return heldp != 0;
}

/* A thread that tries to take the lock in this mode, and releases it. */
static int tried;

static void tries(void *arg)
{
	int how = (int)(intptr_t)arg;

	tried = rumpuser_rw_tryenter(how, rw);
	EXPECT(rumpuser_curlwp()->leaves == 0);
	if (tried == 0)
		rumpuser_rw_exit(rw);
}

static int other_tries(int how)
{
	tried = -1;
	EXPECT(conf_start(&conf_threads[0], tries, (void *)(intptr_t)how) == 0);
	EXPECT(conf_join(&conf_threads[0]) == 0);
	return tried;
}

static const char *free_lock(void)
{
	rumpuser_rw_init(&rw);
	CHECK(!held(READER) && !held(WRITER));
	CHECK(other_tries(READER) == 0);
	CHECK(other_tries(WRITER) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *one_reader(void)
{
	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(READER, rw);
	CHECK(held(READER) && !held(WRITER));
	CHECK(other_tries(READER) == 0);
	CHECK(other_tries(WRITER) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(other_tries(WRITER) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *one_writer(void)
{
	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(WRITER, rw);
	CHECK(held(WRITER) && !held(READER));
	CHECK(other_tries(READER) == RUMP_EBUSY);
	CHECK(other_tries(WRITER) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(!held(WRITER));
	CHECK(other_tries(READER) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *own_tries(void)
{
	rumpuser_rw_init(&rw);
	CHECK(rumpuser_rw_tryenter(WRITER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(WRITER, rw) == RUMP_EBUSY);
	CHECK(rumpuser_rw_tryenter(READER, rw) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(rumpuser_rw_tryenter(READER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(READER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(WRITER, rw) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(held(READER));
	rumpuser_rw_exit(rw);
	CHECK(!held(READER));
	rumpuser_rw_destroy(rw);
	return NULL;
}

static void reads_together(void *arg)
{
	rumpuser_rw_enter(READER, rw);
	if (++readers == (int)(intptr_t)arg)
		conf_stage_set(1);
	conf_stage_wait(1);
	rumpuser_rw_exit(rw);
}

static const char *readers_together(void)
{
	rumpuser_rw_init(&rw);
	readers = 0;
	for (unsigned i = 0; i < 32; i++)
		CHECK(conf_start(&conf_threads[i], reads_together, (void *)32) == 0);
	for (unsigned i = 0; i < 32; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(readers == 32 && !held(READER));
	rumpuser_rw_destroy(rw);
	return NULL;
}

static void sees_held(void *arg)
{
	(void)arg;
	EXPECT(!held(WRITER));
	conf_stage_set(1);
	conf_stage_wait(2);
	EXPECT(!held(WRITER) && held(READER));
}

static const char *held_is_own(void)
{
	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(WRITER, rw);
	CHECK(conf_start(&conf_threads[0], sees_held, NULL) == 0);
	conf_stage_wait(1);
	rumpuser_rw_downgrade(rw);
	conf_stage_set(2);
	CHECK(conf_join(&conf_threads[0]) == 0);
	rumpuser_rw_exit(rw);
	rumpuser_rw_destroy(rw);
	return NULL;
}

/* Readers see both halves alike; writers are alone. */
static long halves[2];

static void mixes(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		bool write = (i + seed) % 3 == 0;

		rumpuser_rw_enter(write ? WRITER : READER, rw);
		if (write) {
			EXPECT(++writers == 1 && readers == 0);
			halves[0]++;
			halves[1]++;
			writers--;
		} else {
			readers++;
			EXPECT(writers == 0);
			EXPECT(halves[0] == halves[1]);
			readers--;
		}
		rumpuser_rw_exit(rw);
	}
}

static const char *excludes(unsigned cpus)
{
	rumpuser_rw_init(&rw);
	halves[0] = halves[1] = 0;
	readers = writers = 0;
	conf_cpus(cpus);
	for (uintptr_t i = 0; i < 6; i++)
		CHECK(conf_start(&conf_threads[i], mixes, (void *)i) == 0);
	for (unsigned i = 0; i < 6; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(halves[0] == 2 * (ROUNDS / 3 + (ROUNDS + 1) / 3 + (ROUNDS + 2) / 3));
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *excludes_four(void)
{
	return excludes(4);
}

static const char *excludes_one(void)
{
	return excludes(1);
}

static void enters(void *arg)
{
	rumpuser_rw_enter((int)(intptr_t)arg, rw);
	value++;
	rumpuser_rw_exit(rw);
}

static const char *waits(int holder, int waiter)
{
	struct conf_thread *t = &conf_threads[0];

	rumpuser_rw_init(&rw);
	value = 0;
	rumpuser_rw_enter(holder, rw);
	CHECK(conf_start(t, enters, (void *)(intptr_t)waiter) == 0);
	conf_leaves_wait(&t->lwp, 1);
	CHECK(t->lwp.returns == 0 && value == 0);
	rumpuser_rw_exit(rw);
	CHECK(conf_join(t) == 0);
	CHECK(value == 1 && t->lwp.leaves >= 1);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *writer_after_reader(void)
{
	return waits(READER, WRITER);
}

static const char *reader_after_writer(void)
{
	return waits(WRITER, READER);
}

static const char *writer_after_writer(void)
{
	return waits(WRITER, WRITER);
}

/* All waiters for a writer get in, the readers among them together. */
static const char *all_wake(void)
{
	rumpuser_rw_init(&rw);
	readers = 0;
	rumpuser_rw_enter(WRITER, rw);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_start(&conf_threads[i], reads_together, (void *)8) == 0);
	for (unsigned i = 0; i < 8; i++)
		conf_leaves_wait(&conf_threads[i].lwp, 1);
	rumpuser_rw_exit(rw);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

/* Success makes the reader a writer; failure leaves it a reader. Either is allowed. */
static const char *upgrade_alone(void)
{
	int error;

	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(READER, rw);
	error = rumpuser_rw_tryupgrade(rw);
	CHECK(error == 0 || error == RUMP_EBUSY);
	CHECK(rumpuser_curlwp()->leaves == rumpuser_curlwp()->returns);
	CHECK(held(error == 0 ? WRITER : READER));
	CHECK(other_tries(READER) == (error == 0 ? RUMP_EBUSY : 0));
	CHECK(other_tries(WRITER) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(other_tries(WRITER) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static void reads_until(void *arg)
{
	(void)arg;
	rumpuser_rw_enter(READER, rw);
	conf_stage_set(1);
	conf_stage_wait(2);
	rumpuser_rw_exit(rw);
}

static const char *upgrade_with_others(void)
{
	rumpuser_rw_init(&rw);
	CHECK(conf_start(&conf_threads[1], reads_until, NULL) == 0);
	conf_stage_wait(1);
	rumpuser_rw_enter(READER, rw);
	CHECK(rumpuser_rw_tryupgrade(rw) == RUMP_EBUSY);
	CHECK(held(READER) && !held(WRITER));
	CHECK(other_tries(READER) == 0);
	rumpuser_rw_exit(rw);
	conf_stage_set(2);
	CHECK(conf_join(&conf_threads[1]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

/* After an upgrade no other writer came between what it read as a reader and what it writes. */
static void upgrades(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		long seen;

		rumpuser_rw_enter(READER, rw);
		seen = value;
		if (rumpuser_rw_tryupgrade(rw) == 0) {
			EXPECT(value == seen);
			value = seen + 1;
			EXPECT(++writers == 1);
			writers--;
		} else {
			EXPECT(value == seen);
		}
		rumpuser_rw_exit(rw);
	}
}

static const char *upgrade_races(void)
{
	rumpuser_rw_init(&rw);
	writers = 0;
	conf_cpus(4);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], upgrades, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *downgrade_lets_readers_in(void)
{
	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(WRITER, rw);
	rumpuser_rw_downgrade(rw);
	CHECK(held(READER) && !held(WRITER));
	CHECK(other_tries(READER) == 0);
	CHECK(other_tries(WRITER) == RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	CHECK(!held(READER));
	CHECK(other_tries(WRITER) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

/* After a downgrade it reads what it wrote, however many writers wait. */
static void writes(void *arg)
{
	(void)arg;
	while (readers == 0) {
		rumpuser_rw_enter(WRITER, rw);
		value++;
		rumpuser_rw_exit(rw);
	}
}

static const char *downgrade_no_writer_between(void)
{
	long mine;

	rumpuser_rw_init(&rw);
	readers = 0;
	conf_cpus(4);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], writes, NULL) == 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		rumpuser_rw_enter(WRITER, rw);
		mine = ++value;
		rumpuser_rw_downgrade(rw);
		CHECK(value == mine);
		rumpuser_rw_exit(rw);
	}
	readers = 1; /* they end */
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

/* The same with a writer that certainly waits, so one round suffices. */
static const char *downgrade_with_waiting_writer(void)
{
	struct conf_thread *t = &conf_threads[0];

	rumpuser_rw_init(&rw);
	for (unsigned i = 0; i < 50; i++) {
		value = 7;
		rumpuser_rw_enter(WRITER, rw);
		CHECK(conf_start(t, enters, (void *)(intptr_t)WRITER) == 0);
		conf_leaves_wait(&t->lwp, 1);
		rumpuser_rw_downgrade(rw);
		conf_breathe(); /* a writer that was let in would come now */
		CHECK(value == 7 && t->lwp.returns == 0);
		rumpuser_rw_exit(rw);
		CHECK(conf_join(t) == 0);
		CHECK(value == 8);
	}
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *downgrade_with_waiting_reader(void)
{
	rumpuser_rw_init(&rw);
	readers = 0;
	rumpuser_rw_enter(WRITER, rw);
	CHECK(conf_start(&conf_threads[0], reads_together, (void *)1) == 0);
	conf_leaves_wait(&conf_threads[0].lwp, 1);
	rumpuser_rw_downgrade(rw);
	/* It gets in while this one still reads. */
	conf_stage_wait(1);
	rumpuser_rw_exit(rw);
	CHECK(conf_join(&conf_threads[0]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *not_a_way(void)
{
	rumpuser_rw_init(&rw);
	CHECK(rumpuser_rw_tryenter(99, rw) == RUMP_EINVAL);
	CHECK(rumpuser_rw_tryenter(WRITER, rw) == 0);
	rumpuser_rw_exit(rw);
	rumpuser_rw_destroy(rw);
	return NULL;
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"a new lock is free " LOCKS, free_lock},
	{"a reader lets readers in, and no writer " LOCKS, one_reader},
	{"a writer excludes all others " LOCKS, one_writer},
	{"tryenter by the holder itself never waits " LOCKS, own_tries},
	{"tryenter of what is neither way is EINVAL (Return values)", not_a_way},
	{"32 readers are in at once " LOCKS, readers_together},
	{"held WRITER is about the calling lwp, READER about anyone " LOCKS, held_is_own},
	{"writers are alone, readers see all or nothing, on four CPUs " LOCKS, excludes_four},
	{"writers are alone, readers see all or nothing, on one CPU " LOCKS, excludes_one},
	{"a writer waits for a reader, and gives way " LOCKS, writer_after_reader},
	{"a reader waits for a writer, and gives way " LOCKS, reader_after_writer},
	{"a writer waits for a writer, and gives way " LOCKS, writer_after_writer},
	{"eight readers that wait for a writer get in together " LOCKS, all_wake},
	{"tryupgrade of the only reader: a writer now, or EBUSY and still a reader " LOCKS,
	 upgrade_alone},
	{"tryupgrade beside another reader is EBUSY, and both stay readers " LOCKS,
	 upgrade_with_others},
	{"no write comes between reading and a tryupgrade that succeeds " LOCKS, upgrade_races},
	{"downgrade makes a reader of the writer " LOCKS, downgrade_lets_readers_in},
	{"downgrade lets no writer in between, with four at the door " LOCKS,
	 downgrade_no_writer_between},
	{"downgrade leaves a waiting writer waiting " LOCKS, downgrade_with_waiting_writer},
	{"downgrade lets a waiting reader in " LOCKS, downgrade_with_waiting_reader},
};
const struct conf_section conf_rwlock = SECTION("rwlock", checks);
