/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64 threads use everything at once, on one, two and four virtual CPUs, for as long as the harness
 * says. In a round new threads follow a random sequence of steps, and meet halfway. Plain memory
 * under locks must add up at the end of a round. A deadlock or a lost wake-up ends in the limit; a
 * round that takes too long fails, too, since it normally takes a fraction of a second.
 */
#include "conf.h"

#define STEPS 20 /* of a thread in a round */
#define HANDOVERS 4
#define ROUND_S_MAX 4
#define PROGRESS_S 10
#define NS_PER_S 1000000000

#define LOCKS 4
#define QUEUE 8

static struct {
	struct rumpuser_mtx *mtx[LOCKS]; /* KMUTEX, but the last: SPIN|KMUTEX */
	long count[LOCKS];
	struct rumpuser_mtx *spin; /* SPIN */
	long spun;
	struct rumpuser_rw *rw;
	long halves[2];
	/* A queue with room for QUEUE, mtx[0]'s. */
	struct rumpuser_cv *room, *work;
	long queue[QUEUE];
	unsigned head, used;
	/* What the two threads of a pair hand to each other, mtx[2]'s. */
	struct pair {
		struct rumpuser_cv *cv;
		int turn;
	} pair[CONF_THREADS / 2];
	/* How many have come to the meeting, in all rounds; guarded by mtx[1]. */
	struct rumpuser_cv *meeting;
	unsigned long met;
} all;
static _Atomic long counts[LOCKS], spins, writes, sum_put, sum_got;
static char blocks[CONF_THREADS][512];
static int fd;

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

/*
 * Give others time while a lock is held: sleep for part of it if the holder may sleep; otherwise
 * spin, sometimes long enough for a host with one core to take the core away.
 */
static void dwell(uint32_t r, bool sleeps)
{
	unsigned turns = r % 32 == 0 && !sleeps ? 20000 : r % 256;

	if (sleeps && r % 8 == 0)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000 << r / 8 % 8);
	else
		for (volatile unsigned i = 0; i < turns; i++)
			;
}

static void do_mutex(uint32_t r)
{
	unsigned i = r % LOCKS;
	struct lwp *owner;
	long count;

	if (r % 5 != 0 || rumpuser_mutex_tryenter(all.mtx[i]) != 0)
		rumpuser_mutex_enter(all.mtx[i]);
	count = all.count[i];
	dwell(r / LOCKS, i != LOCKS - 1);
	all.count[i] = count + 1;
	counts[i]++;
	rumpuser_mutex_owner(all.mtx[i], &owner);
	EXPECT(owner == rumpuser_curlwp());
	rumpuser_mutex_exit(all.mtx[i]);
}

static void do_spin(uint32_t r)
{
	long spun;

	if (r % 2 == 0)
		rumpuser_mutex_enter(all.spin);
	else
		rumpuser_mutex_enter_nowrap(all.spin);
	spun = all.spun;
	dwell(r, false);
	all.spun = spun + 1;
	spins++;
	rumpuser_mutex_exit(all.spin);
}

static void rw_enter(int how, uint32_t r)
{
	int held;

	if (r % 5 != 0 || rumpuser_rw_tryenter(how, all.rw) != 0)
		rumpuser_rw_enter(how, all.rw);
	rumpuser_rw_held(how, all.rw, &held);
	EXPECT(held);
}

/* As the writer. Between the halves no other thread can get the lock. */
static void rw_write(uint32_t r)
{
	all.halves[0]++;
	dwell(r, true);
	all.halves[1]++;
	writes++;
}

static void rw_read(uint32_t r)
{
	long mine = all.halves[0];

	dwell(r, true);
	EXPECT(all.halves[0] == mine && all.halves[1] == mine);
}

static void do_rwlock(uint32_t r)
{
	if (r % 4 == 0) {
		rw_enter(RUMPUSER_RW_WRITER, r);
		rw_write(r / 4);
		if (r % 3 == 0) {
			rumpuser_rw_downgrade(all.rw);
			rw_read(r / 8);
		}
	} else {
		rw_enter(RUMPUSER_RW_READER, r);
		rw_read(r / 4);
		if (r % 3 == 0 && rumpuser_rw_tryupgrade(all.rw) == 0)
			rw_write(r / 8);
	}
	rumpuser_rw_exit(all.rw);
}

static void do_put(uint32_t r)
{
	rumpuser_mutex_enter(all.mtx[0]);
	while (all.used == QUEUE)
		rumpuser_cv_wait(all.room, all.mtx[0]);
	all.queue[(all.head + all.used++) % QUEUE] = (long)r;
	sum_put += (long)r;
	rumpuser_cv_signal(all.work);
	rumpuser_mutex_exit(all.mtx[0]);
}

static void do_get(uint32_t r)
{
	rumpuser_mutex_enter(all.mtx[0]);
	while (all.used == 0) {
		if (r % 2 == 0)
			rumpuser_cv_wait(all.work, all.mtx[0]);
		else
			rumpuser_cv_timedwait(all.work, all.mtx[0], 0, 100000 + (int64_t)r % 1000);
	}
	sum_got += all.queue[all.head];
	all.head = (all.head + 1) % QUEUE;
	all.used--;
	rumpuser_cv_signal(all.room);
	rumpuser_mutex_exit(all.mtx[0]);
}

static void do_memory(uint32_t r)
{
	size_t len = 1 + r % 5000;
	void *mem;

	EXPECT(rumpuser_malloc(len, 1 << r % 13, &mem) == 0);
	EXPECT(conf_aligned(mem, 1ul << r % 13));
	memset(mem, (int)r, len);
	EXPECT(conf_filled(mem, (int)r, len));
	rumpuser_free(mem, len);
}

static struct rumpuser_mtx *bio_mtx;
static struct rumpuser_cv *bio_cv;

static void bio_done(void *arg, size_t done, int error)
{
	bool *flag = arg;

	EXPECT(error == 0 && done == 512);
	rumpuser_mutex_enter(bio_mtx);
	*flag = true;
	rumpuser_cv_broadcast(bio_cv);
	rumpuser_mutex_exit(bio_mtx);
}

static void do_bio(uint32_t r, int self)
{
	bool done = false;

	rumpuser_bio(fd, r % 2 == 0 ? RUMPUSER_BIO_READ : RUMPUSER_BIO_WRITE, blocks[self], 512,
		     self * 512, bio_done, &done);
	rumpuser_mutex_enter(bio_mtx);
	while (!done)
		rumpuser_cv_wait(bio_cv, bio_mtx);
	rumpuser_mutex_exit(bio_mtx);
}

static void *do_nothing(void *arg)
{
	rumpuser_curlwpop(RUMPUSER_LWP_SET, arg);
	EXPECT(rumpuser_curlwp() == arg);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, arg);
	rumpuser_thread_exit();
}

static void do_thread(void)
{
	struct lwp l = {0};
	void *cookie;

	EXPECT(rumpuser_thread_create(do_nothing, &l, "short", 1, -1, -1, &cookie) == 0);
	EXPECT(rumpuser_thread_join(cookie) == 0);
}

/* No thread continues before all are here. */
static void meet(void)
{
	unsigned long until;

	rumpuser_mutex_enter(all.mtx[1]);
	until = (all.met++ / CONF_THREADS + 1) * CONF_THREADS;
	if (all.met == until)
		rumpuser_cv_broadcast(all.meeting);
	while (all.met < until)
		rumpuser_cv_wait(all.meeting, all.mtx[1]);
	rumpuser_mutex_exit(all.mtx[1]);
}

/* There and back: each signal is for the one waiter, and no other comes. */
static void hand_over(int self)
{
	struct pair *p = &all.pair[self / 2];
	int mine = self % 2;

	rumpuser_mutex_enter(all.mtx[2]);
	for (unsigned i = 0; i < HANDOVERS; i++) {
		while (p->turn != mine)
			rumpuser_cv_wait(p->cv, all.mtx[2]);
		p->turn = 1 - mine;
		rumpuser_cv_signal(p->cv);
	}
	rumpuser_mutex_exit(all.mtx[2]);
}

static void step(uint32_t *x, int self)
{
	uint32_t r = next(x);

	switch (next(x) % 10) {
	case 0:
	case 1:
		do_mutex(r);
		break;
	case 2:
		do_spin(r);
		break;
	case 3:
	case 4:
		do_rwlock(r);
		break;
	case 5:
		do_memory(r);
		break;
	case 6:
		if (fd >= 0 && r % 4 == 0)
			do_bio(r, self);
		break;
	case 7:
		if (r % 32 == 0)
			do_thread();
		break;
	default:
		break;
	}
	/* As many are put as taken: half of the threads do either. */
	if (self % 2 == 0)
		do_put(r);
	else
		do_get(r);
}

static unsigned round_number;

static void worker(void *arg)
{
	int self = (int)(intptr_t)arg;
	struct lwp *l = rumpuser_curlwp();
	uint32_t x = (uint32_t)self * 2654435761u + round_number * 40503u + 12345;

	for (unsigned i = 0; i < STEPS; i++) {
		if (i == STEPS / 2) {
			meet();
			hand_over(self);
		}
		step(&x, self);
		EXPECT(rumpuser_curlwp() == l && l->scheduled);
	}
}

static const char *round_run(void)
{
	for (intptr_t i = 0; i < CONF_THREADS; i++)
		CHECK(conf_start(&conf_threads[i], worker, (void *)i) == 0);
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	for (unsigned i = 0; i < LOCKS; i++)
		CHECK(all.count[i] == counts[i]);
	CHECK(all.spun == spins);
	CHECK(all.halves[0] == writes && all.halves[1] == writes);
	CHECK(all.used == 0 && sum_put == sum_got);
	CHECK(all.met == (round_number + 1ul) * CONF_THREADS);
	return conf_wrong_take();
}

static void setup(void)
{
	memset(&all, 0, sizeof(all));
	for (unsigned i = 0; i < LOCKS; i++) {
		counts[i] = 0;
		rumpuser_mutex_init(&all.mtx[i], i == LOCKS - 1
							 ? RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX
							 : RUMPUSER_MTX_KMUTEX);
	}
	spins = writes = sum_put = sum_got = 0;
	rumpuser_mutex_init(&all.spin, RUMPUSER_MTX_SPIN);
	rumpuser_mutex_init(&bio_mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_rw_init(&all.rw);
	rumpuser_cv_init(&all.room);
	rumpuser_cv_init(&all.work);
	rumpuser_cv_init(&all.meeting);
	for (unsigned i = 0; i < CONF_THREADS / 2; i++)
		rumpuser_cv_init(&all.pair[i].cv);
	rumpuser_cv_init(&bio_cv);
}

static void teardown(void)
{
	rumpuser_cv_destroy(bio_cv);
	for (unsigned i = 0; i < CONF_THREADS / 2; i++)
		rumpuser_cv_destroy(all.pair[i].cv);
	rumpuser_cv_destroy(all.meeting);
	rumpuser_cv_destroy(all.work);
	rumpuser_cv_destroy(all.room);
	rumpuser_rw_destroy(all.rw);
	rumpuser_mutex_destroy(bio_mtx);
	rumpuser_mutex_destroy(all.spin);
	for (unsigned i = 0; i < LOCKS; i++)
		rumpuser_mutex_destroy(all.mtx[i]);
}

static void progress(unsigned cpus, int64_t ns)
{
	rumpuser_dprintf("stress: %u virtual CPUs, %u rounds in %u s\n", cpus, round_number,
			 (unsigned)(ns / NS_PER_S));
}

static const char *rounds_run(unsigned cpus)
{
	int64_t start = conf_now_ns(), reported = start, now = start;
	const char *why = NULL;

	for (round_number = 0;
	     why == NULL && now - start < conf_host->stress_seconds * (int64_t)NS_PER_S;
	     round_number++) {
		if (now - reported >= PROGRESS_S * (int64_t)NS_PER_S) {
			progress(cpus, now - start);
			reported = now;
		}
		why = round_run();
		now = conf_now_ns();
	}
	progress(cpus, now - start);
	return why;
}

static const char *stress(unsigned cpus)
{
	const char *why;

	setup();
	fd = -1;
	if (conf_host->file_old != NULL)
		CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO,
				    &fd) == 0);
	conf_cpus(cpus);
	why = rounds_run(cpus);
	if (why != NULL)
		return why;
	CHECK(round_number * ROUND_S_MAX >= conf_host->stress_seconds);
	if (fd >= 0)
		CHECK(rumpuser_close(fd) == 0);
	teardown();
	return NULL;
}

static const char *one(void)
{
	return stress(1);
}

static const char *two(void)
{
	return stress(2);
}

static const char *four(void)
{
	return stress(4);
}

static const struct conf_check checks[] = {
	{"64 threads on everything, one virtual CPU (Upcalls and rump kernel context)", one},
	{"64 threads on everything, two virtual CPUs (Upcalls and rump kernel context)", two},
	{"64 threads on everything, four virtual CPUs (Upcalls and rump kernel context)", four},
};
const struct conf_section conf_stress = SECTION("stress", checks);
