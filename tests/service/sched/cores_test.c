/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched on several cores, which are simulations, side by side. Threads are the host's; of the
 * threads of a core one runs at a time, and passes the core on. A thread may be preempted at each
 * kernel operation and whenever it looks at the time, at its core or at its id: when the deadline
 * of the last dispatch has passed, or another core has sent an event. Invariants are those of
 * service/sched/core.h, unless another header is named.
 */
#include <time.h>
#include <unistd.h>
#include "sim.h"

#define NSIM 512
#define NCORES 4
#define ARCV 5000 /* of a core's scheduler thread, and up */
#define ASND 6000
#define TCAP 7000 /* of a core: its own, then one a budget */
#define NBUDGETS 2
#define NTCAPS (NBUDGETS + 1)
#define SECONDS_MAX 120

struct sim {
	pthread_t host;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool go, exists, dead; /* under mutex */
	uint32_t core;
	void (*function)(unsigned long arg);
	unsigned long arg;
};

struct sim_core { /* of the thread that runs on it, except what is atomic */
	long scheduler;
	uint64_t token, deadline_ns;
	uint32_t events, poked;
	uint64_t ticks_of[NTCAPS];
	uint64_t charged_ns;   /* up to that time */
	long charged;	       /* -1: nothing */
	pthread_mutex_t mutex; /* of the halt */
	pthread_cond_t cond;
};

static struct sim sim[NSIM];
static struct sim_core sim_core[NCORES];
static pthread_mutex_t sims_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct cos_lend_lock mem_lock;
static uint64_t started_ns;
static uint32_t preemptions, moves, pokes;
static uint64_t given[NTCAPS]; /* less what was taken out again */
static _Thread_local long self = -1;

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define ADD(word, n) __atomic_add_fetch(&(word), n, __ATOMIC_SEQ_CST)
#define GET(word) __atomic_load_n(&(word), __ATOMIC_SEQ_CST)
#define SET(word, value) __atomic_store_n(&(word), value, __ATOMIC_SEQ_CST)

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * COS_NS_PER_S + (uint64_t)t.tv_nsec - started_ns + 1;
}

static struct sim_core *here(void)
{
	return &sim_core[GET(sim[self].core)];
}

static void let_go(long tid)
{
	pthread_mutex_lock(&sim[tid].mutex);
	sim[tid].go = true;
	pthread_cond_signal(&sim[tid].cond);
	pthread_mutex_unlock(&sim[tid].mutex);
}

/* Wait until another thread passes a core on to this one. */
static void wait_go(void)
{
	struct sim *me = &sim[self];
	bool dead;

	pthread_mutex_lock(&me->mutex);
	while (!me->go && !me->dead)
		pthread_cond_wait(&me->cond, &me->mutex);
	dead = me->dead;
	me->go = false;
	pthread_mutex_unlock(&me->mutex);
	if (dead)
		pthread_exit(NULL);
}

static void pass_to(long tid)
{
	if (tid == self)
		return;
	let_go(tid);
	wait_go();
}

static void charge(struct sim_core *core)
{
	uint64_t now = clock_ns(), used = now - core->charged_ns;

	core->charged_ns = now;
	if (core->charged >= 0)
		core->ticks_of[core->charged] -= MIN(used, core->ticks_of[core->charged]);
}

/* By the kernel: on the core's time. */
static void dispatch_scheduler(struct sim_core *core)
{
	charge(core);
	core->charged = -1;
	core->token++;
	pass_to(core->scheduler);
}

/* What an interrupt would do now. */
static void tick(void)
{
	struct sim_core *core;

	if (self < 0 || started_ns == 0)
		return;
	core = here();
	if (core->scheduler < 0)
		return;
	charge(core);
	if (__atomic_exchange_n(&core->poked, 0, __ATOMIC_SEQ_CST)) {
		ADD(pokes, 1);
		dispatch_scheduler(core);
	} else if (core->charged >= 0 && core->ticks_of[core->charged] == 0) {
		dispatch_scheduler(core);
	} else if (core->deadline_ns != 0 && self != core->scheduler &&
		   clock_ns() >= core->deadline_ns) {
		core->deadline_ns = 0;
		ADD(preemptions, 1);
		dispatch_scheduler(core);
	}
}

long cos_tid(void)
{
	tick();
	return self;
}

unsigned cos_core(void)
{
	unsigned core;

	tick();
	core = GET(sim[self].core);
	tick();
	return core;
}

unsigned cos_ncores(void)
{
	return NCORES;
}

long cos_client(void)
{
	return 1;
}

#define QUOTA(budget) ((budget) == 1 ? 20 * COS_NS_PER_MS : 150 * COS_NS_PER_MS)
const char *cos_param(const char *key)
{
	static const char *const budgets[NBUDGETS] = {"20", "150"};

	assert_memory_equal(key, "BUDGET", 6);
	return atoi(key + 6) <= NBUDGETS ? budgets[atoi(key + 6) - 1] : NULL;
}

uint64_t cos_now_ns(void)
{
	tick();
	return clock_ns();
}

uint64_t cos_tsc(void)
{
	tick();
	return clock_ns();
}

/*
 * I1: what was decided is still right: no timeout is earlier than that of the dispatch, 0: never.
 */
static void check_timeout(uint64_t timeout)
{
	const struct cos_timeout *first =
		cos_timeout_first(&core_get(GET(sim[self].core))->timeouts);

	if (first != NULL && (timeout == 0 || timeout > first->deadline))
		fail_msg("dispatched until %lu over a timeout at %lu", timeout, first->deadline);
}

/* tcap -1: what is charged does not change. */
static long op_switch(long tid, uint64_t timeout, uint64_t token, long tcap)
{
	struct sim_core *core = here();

	if (tcap >= 0 && core->ticks_of[tcap] == 0)
		return -COS_ETIMEDOUT;
	if (token != 0 && token != core->token)
		return -COS_EAGAIN;
	if (!GET(sim[tid].exists))
		return -COS_ECAP;
	if (GET(sim[tid].core) != GET(sim[self].core))
		return -COS_ECORE;
	if (token != 0)
		check_timeout(timeout);
	core->deadline_ns = timeout;
	charge(core);
	if (tcap >= 0)
		core->charged = tcap;
	pass_to(tid);
	return 0;
}

/* The number of a tcap of this core. */
static long tcap_here(uint64_t cap)
{
	assert_int_equal((cap - TCAP) / NTCAPS, GET(sim[self].core));
	return (long)((cap - TCAP) % NTCAPS);
}

static long op_time(long tcap, uint64_t ticks)
{
	charge(here());
	here()->ticks_of[tcap] += ticks;
	ADD(given[tcap], ticks);
	return 0;
}

static long op_tcap(long tcap, uint64_t op, uint64_t to, uint64_t ticks,
		    struct cos_results *results)
{
	struct sim_core *core = here();

	charge(core);
	if (op == COS_TCAP_BUDGET) {
		results->rdi = core->ticks_of[tcap];
		return 0;
	}
	assert_int_equal(op, COS_TCAP_TRANSFER);
	assert_int_equal(tcap_here(to), 0);
	if (ticks > core->ticks_of[tcap])
		return -COS_EINVAL;
	core->ticks_of[tcap] -= ticks;
	core->ticks_of[0] += ticks;
	ADD(given[tcap], -ticks);
	return 0;
}

static long op_move(long tid, uint64_t to)
{
	assert_true(to < NCORES && tid != self);
	assert_int_equal(GET(sim[tid].core), GET(sim[self].core));
	pthread_mutex_lock(&sim[tid].mutex);
	assert_false(sim[tid].go);
	pthread_mutex_unlock(&sim[tid].mutex);
	SET(sim[tid].core, (uint32_t)to);
	ADD(moves, 1);
	return 0;
}

static long op_send(struct sim_core *core)
{
	ADD(core->events, 1);
	pthread_mutex_lock(&core->mutex);
	SET(core->poked, 1);
	pthread_cond_signal(&core->cond);
	pthread_mutex_unlock(&core->mutex);
	tick();
	return 0;
}

static long op_idle(uint64_t until, uint64_t token)
{
	struct sim_core *core = here();
	struct timespec t;

	assert_int_equal(self, core->scheduler);
	if (token != core->token)
		return -COS_EAGAIN;
	if (GET(core->events) > 0)
		return 0;
	check_timeout(until);
	if (until == 0)
		until = clock_ns() + SECONDS_MAX * COS_NS_PER_S;
	until += started_ns;
	t = (struct timespec){.tv_sec = (time_t)(until / COS_NS_PER_S),
			      .tv_nsec = (long)(until % COS_NS_PER_S)};
	pthread_mutex_lock(&core->mutex);
	while (!GET(core->poked))
		if (pthread_cond_timedwait(&core->cond, &core->mutex, &t) != 0)
			break;
	pthread_mutex_unlock(&core->mutex);
	tick();
	return 0;
}

static long op_sched(long tid, uint64_t arcv)
{
	struct sim_core *core = &sim_core[GET(sim[tid].core)];

	assert_int_equal(arcv, ARCV + GET(sim[tid].core));
	assert_true(core->scheduler < 0);
	core->scheduler = tid;
	if (core != here())
		let_go(tid);
	return 0;
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a3, (void)a4, (void)a5;
	tick();
	if (cap == COS_CAP_HW && op == COS_HW_TIME)
		return op_time(tcap_here(a0), a1);
	if (cap >= TCAP)
		return op_tcap(tcap_here(cap), op, a0, a1, results);
	if (cap == COS_CAP_HW && op == COS_HW_SCHED)
		return op_sched((long)(a0 - COS_CAP_THD(0)), a1);
	if (cap == COS_CAP_HW && op == COS_HW_IDLE)
		return op_idle(a0, a1);
	if (cap >= ASND && cap < ASND + NCORES)
		return op_send(&sim_core[cap - ASND]);
	if (cap >= ARCV && cap < ARCV + NCORES) {
		assert_ptr_equal(here(), &sim_core[cap - ARCV]);
		if (op == COS_ARCV_WAIT)
			return __atomic_exchange_n(&here()->events, 0, __ATOMIC_SEQ_CST);
		results->rdx = here()->token;
		return 0;
	}
	assert_true(cap >= COS_CAP_THD(0) && cap < COS_CAP_THD(NSIM));
	if (op == COS_THD_SWITCH)
		return op_switch((long)(cap - COS_CAP_THD(0)), a0, a1, -1);
	/* Decided on a core that the thread has left since. */
	if (op == COS_THD_RUN && (a2 - TCAP) / NTCAPS != GET(sim[self].core))
		return -COS_ECORE;
	if (op == COS_THD_RUN)
		return op_switch((long)(cap - COS_CAP_THD(0)), a0, a1, tcap_here(a2));
	if (op == COS_THD_MOVE)
		return op_move((long)(cap - COS_CAP_THD(0)), a0);
	assert_int_equal(op, COS_THD_PRIO);
	return 0;
}

static void *host_main(void *arg)
{
	self = (long)arg;
	wait_go();
	if (sim[self].function == (void (*)(unsigned long))sched_entry)
		sched_main();
	sim[self].function(sim[self].arg);
	sched_thd_exit();
	return NULL;
}

static long sim_new(unsigned long ip, unsigned long arg)
{
	static long next;
	long tid = -1;

	pthread_mutex_lock(&sims_mutex);
	for (long i = 0; i < NSIM && tid < 0; i++, next = (next + 1) % NSIM)
		if (!GET(sim[next].exists))
			tid = next;
	if (tid >= 0) {
		struct sim *s = &sim[tid];

		s->go = false;
		s->dead = false;
		s->function = (void (*)(unsigned long))ip;
		s->arg = arg;
		SET(s->core, self >= 0 ? GET(sim[self].core) : 0);
		SET(s->exists, true);
	}
	pthread_mutex_unlock(&sims_mutex);
	return tid;
}

/* Under mem's lock, whose owner may be preempted. */
long mem_thd_create(long comp, unsigned long ip, unsigned long arg, long gate_number, long client)
{
	long tid;

	assert_int_equal(gate_number, MEM_THD_NOGATE);
	assert_true(comp == 1 || comp == SIM_SCHED);
	assert_int_equal(client, comp);
	cos_lend_lock(&mem_lock);
	for (int i = 0; i < 20; i++)
		tick();
	tid = sim_new(ip, arg);
	cos_lend_unlock(&mem_lock);
	assert_true(tid >= 0);
	assert_int_equal(pthread_create(&sim[tid].host, NULL, host_main, (void *)tid), 0);
	return tid;
}

long mem_thd_destroy(long tid)
{
	struct sim *s = &sim[tid];

	tick();
	assert_true(GET(s->exists) && tid != self);
	assert_int_equal(GET(s->core), GET(sim[self].core));
	pthread_mutex_lock(&s->mutex);
	s->dead = true;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->mutex);
	pthread_join(s->host, NULL);
	SET(s->exists, false);
	return 0;
}

struct cos_pair mem_arcv_create(long tid)
{
	static long count;
	long arcv = ARCV + count++;

	(void)tid;
	return (struct cos_pair){arcv, arcv};
}

long mem_asnd_create(long tid)
{
	static long count;

	(void)tid;
	return ASND + count++;
}

long mem_tcap_create(void)
{
	static uint32_t made[NCORES];
	uint32_t core = GET(sim[self].core);

	assert_true(made[core] < NTCAPS);
	return TCAP + core * NTCAPS + made[core]++;
}

long mem_lock_owner(void)
{
	return (long)&mem_lock.owner;
}

/* Threads of the tests: work takes time, during which they may be preempted. */
static void work(uint64_t ns)
{
	for (uint64_t until = clock_ns() + ns; clock_ns() < until;)
		tick();
}

static int setup(void **state)
{
	(void)state;
	for (long tid = 0; tid < NSIM; tid++) {
		pthread_mutex_init(&sim[tid].mutex, NULL);
		pthread_cond_init(&sim[tid].cond, NULL);
	}
	for (int i = 0; i < NCORES; i++) {
		pthread_condattr_t attr;

		pthread_condattr_init(&attr);
		pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
		sim_core[i].scheduler = -1;
		sim_core[i].token = 1;
		sim_core[i].charged = -1;
		pthread_mutex_init(&sim_core[i].mutex, NULL);
		pthread_cond_init(&sim_core[i].cond, &attr);
	}
	started_ns = clock_ns() - 1;
	self = sim_new(0, 0);
	assert_int_equal(component_init(), 0);
	assert_int_equal(sched_adopt(self, SCHED_PRIO_SERVICE), 0);
	return 0;
}

static uint32_t finished;

static void wait_for(uint32_t wanted)
{
	while (GET(finished) < wanted)
		sched_park(cos_now_ns() + COS_NS_PER_MS);
}

static uint32_t cores_seen;

static void compute(unsigned long ns)
{
	for (uint64_t done = 0; done < ns; done += COS_NS_PER_MS) {
		__atomic_fetch_or(&cores_seen, 1U << cos_core(), __ATOMIC_SEQ_CST);
		work(COS_NS_PER_MS);
	}
	ADD(finished, 1);
}

/* Threads that compute get all cores, wherever they were made. */
static void test_spread(void **state)
{
	(void)state;
	finished = 0;
	cores_seen = 0;
	for (int i = 0; i < 2 * NCORES; i++)
		create(compute, 300 * COS_NS_PER_MS, SCHED_PRIO_PROGRAM);
	wait_for(2 * NCORES);
	assert_int_equal(cores_seen, (1U << NCORES) - 1);
}

static void gather(unsigned long arg)
{
	assert_int_equal(sched_thd_bind(self, 1), 0);
	assert_int_equal(cos_core(), 1);
	assert_int_equal(sched_thd_bind(self, SCHED_CORE_ANY), 0);
	compute(arg);
}

/* Threads that are all on one core do not stay there. */
static void test_gathered(void **state)
{
	(void)state;
	finished = 0;
	cores_seen = 0;
	for (int i = 0; i < NCORES; i++)
		create(gather, 300 * COS_NS_PER_MS, SCHED_PRIO_PROGRAM);
	wait_for(NCORES);
	assert_true(__builtin_popcount(cores_seen) >= NCORES - 1);
}

#define PAIRS 6
#define TURNS 3000
static struct pair {
	long tid[2];
	uint32_t turn;
} pairs[PAIRS];

static void ping(unsigned long arg)
{
	struct pair *pair = &pairs[arg / 2];
	uint32_t me = arg % 2, turn;

	while (GET(pair->tid[0]) < 0 || GET(pair->tid[1]) < 0)
		sched_yield();
	while ((turn = GET(pair->turn)) < TURNS) {
		if (turn % 2 != me) {
			sched_park(0);
			continue;
		}
		if (turn % 97 == 0)
			work(2 * COS_NS_PER_MS);
		ADD(pair->turn, 1);
		/* In two, or in one. */
		if (turn % 3 == 0)
			sched_unpark(GET(pair->tid[1 - me]));
		else if (turn % 3 == 1 || turn == TURNS - 1)
			sched_unpark_park(GET(pair->tid[1 - me]), cos_now_ns() + 100000);
		else
			sched_unpark_park(GET(pair->tid[1 - me]), 0);
	}
	sched_unpark(GET(pair->tid[1 - me]));
	ADD(finished, 1);
}

/* No wake-up is lost, wherever the two threads are and move to (I5, I6). */
static void test_permits(void **state)
{
	(void)state;
	finished = 0;
	for (unsigned long i = 0; i < PAIRS; i++)
		pairs[i] = (struct pair){.tid = {-1, -1}};
	for (unsigned long i = 0; i < 2 * PAIRS; i++)
		SET(pairs[i / 2].tid[i % 2],
		    create(ping, i, SCHED_PRIO_SERVICE + 1 + (long)(i % 3)));
	for (int i = 0; i < 3; i++)
		create(compute, 200 * COS_NS_PER_MS, SCHED_PRIO_SERVICE + 3);
	wait_for(2 * PAIRS + 3);
	sched_unpark(self);
	assert_int_equal(sched_park(cos_now_ns() + COS_NS_PER_S), 0); /* given before */
	assert_int_equal(sched_unpark(NSIM + 5), -COS_EDEAD);
}

static void sleeper(unsigned long arg)
{
	for (unsigned i = 0; i < 50; i++) {
		uint64_t until = cos_now_ns() + 1000 + (arg * 7919 + i * 104729) % 5000000;

		assert_int_equal(sched_park(until), -COS_ETIMEDOUT);
		assert_true(cos_now_ns() >= until);
		work(100000);
	}
	ADD(finished, 1);
}

static void test_timeouts(void **state)
{
	(void)state;
	finished = 0;
	for (unsigned long i = 0; i < 10; i++)
		create(sleeper, i, SCHED_PRIO_SERVICE - 2);
	create(compute, 100 * COS_NS_PER_MS, SCHED_PRIO_PROGRAM);
	wait_for(11);
}

static void traveller(unsigned long arg)
{
	for (unsigned i = 0; i < 200; i++) {
		long to = (long)((arg + i * 7) % NCORES);

		assert_int_equal(sched_thd_bind(self, to), 0);
		assert_int_equal(cos_core(), to);
		if (i % 5 == 0)
			work(100000);
		if (i % 7 == 0)
			sched_park(cos_now_ns() + 10000);
		assert_int_equal(cos_core(), to);
	}
	ADD(finished, 1);
}

static void test_bind(void **state)
{
	(void)state;
	finished = 0;
	assert_int_equal(sched_thd_bind(self, NCORES), -COS_EINVAL);
	for (unsigned long i = 0; i < 8; i++)
		create(traveller, i, SCHED_PRIO_SERVICE - (long)(i % 3) + 1);
	wait_for(8);
}

static uint32_t stop;

static void stay(unsigned long arg)
{
	(void)arg;
	while (!GET(stop)) {
		work(10000);
		if (GET(cores_seen) & 1)
			sched_park(cos_now_ns() + 10000);
	}
	ADD(finished, 1);
}

/* A thread that computes, and one that waits, move when they are bound to another core (I5). */
static void test_bind_other(void **state)
{
	long tid;

	(void)state;
	for (uint32_t parks = 0; parks < 2; parks++) {
		finished = 0;
		SET(stop, 0);
		SET(cores_seen, parks);
		tid = create(stay, 0, SCHED_PRIO_SERVICE + 1);
		for (uint32_t i = 0; i < 3 * NCORES; i++) {
			assert_int_equal(sched_thd_bind(tid, i % NCORES), 0);
			while (GET(sim[tid].core) != i % NCORES)
				sched_park(cos_now_ns() + 100000);
		}
		SET(stop, 1);
		wait_for(1);
	}
}

static uint64_t lock_owner, lock_count;

/* As a guard of libcos. */
static void contender(unsigned long arg)
{
	(void)arg;
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t owner = 0;

		while (!__atomic_compare_exchange_n(&lock_owner, &owner, (uint64_t)self + 1, false,
						    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
			sched_yield_to((long)owner - 1);
			owner = 0;
		}
		lock_count++;
		if (i % 50 == 0)
			work(20000);
		__atomic_store_n(&lock_owner, 0, __ATOMIC_RELEASE);
	}
	ADD(finished, 1);
}

/* The owner is on another core, where more urgent threads than it compute. */
static void test_yield_to(void **state)
{
	(void)state;
	finished = 0;
	lock_count = 0;
	for (unsigned long i = 0; i < 8; i++)
		create(contender, i, SCHED_PRIO_SERVICE + 1 + (long)(i % 4) * 4);
	for (unsigned long i = 0; i < NCORES; i++)
		create(compute, 100 * COS_NS_PER_MS, SCHED_PRIO_SERVICE + 6);
	wait_for(8 + NCORES);
	assert_int_equal(lock_count, 8 * 2000);
}

static void churn(unsigned long depth)
{
	work(30000);
	if (depth > 0) {
		create(churn, depth - 1, SCHED_PRIO_SERVICE + (long)depth % 3);
		create(churn, depth - 1, SCHED_PRIO_SERVICE - (long)depth % 3);
	}
	sched_yield();
	sched_yield_to(0);
	sched_unpark((long)(depth * 13 + (unsigned long)self) % NSIM);
	sched_thd_prio((long)(depth * 7 + (unsigned long)self + 1) % NSIM,
		       SCHED_PRIO_SERVICE + (long)depth % 2);
	ADD(finished, 1);
}

static uint32_t left(void)
{
	uint32_t count = 0;

	for (long tid = 0; tid < NSIM; tid++)
		count += GET(sim[tid].exists);
	return count;
}

static void test_churn(void **state)
{
	(void)state;
	finished = 0;
	for (uint32_t i = 1; i <= 10; i++) {
		create(churn, 5, SCHED_PRIO_SERVICE + 1);
		wait_for(i * 63);
	}
	while (left() > 1 + NCORES) /* we and the scheduler threads */
		sched_park(cos_now_ns() + COS_NS_PER_MS);
	assert_true(preemptions > 20 && moves > 100 && pokes > 100);
}

static void sleep_long(unsigned long arg)
{
	(void)arg;
	assert_int_equal(sched_park(0), 0);
	ADD(finished, 1);
}

static void test_wake_all(void **state)
{
	(void)state;
	finished = 0;
	for (int i = 0; i < 20; i++)
		create(sleep_long, 0, SCHED_PRIO_SERVICE - 1);
	sched_wake_all();
	wait_for(20);
}

static long burner_tid;

static void burner(unsigned long arg)
{
	uint64_t before = 0;

	(void)arg;
	while (before < 40 * COS_NS_PER_MS) {
		uint64_t now = (uint64_t)sched_thd_time(self);

		assert_true(now >= before);
		before = now;
		work(300000);
	}
	ADD(finished, 1);
}

/* The CPU time of a thread that runs on another core never decreases. */
static void test_time(void **state)
{
	long before = 0;

	(void)state;
	finished = 0;
	burner_tid = create(burner, 0, SCHED_PRIO_SERVICE + 1);
	for (int i = 0; i < NCORES; i++)
		create(compute, 100 * COS_NS_PER_MS, SCHED_PRIO_SERVICE + 1);
	while (GET(finished) == 0) {
		long now = sched_thd_time(burner_tid);

		if (now < 0)
			break;
		assert_true(now >= before);
		before = now;
		sched_park(cos_now_ns() + 20000);
	}
	wait_for(1 + NCORES);
}

static uint32_t wrong_time;

/*
 * The tcap that a thread runs on whenever it looks: its budget's, or none when it was let run for a
 * lock that it holds. A thread without a budget never runs on a budget's tcap.
 */
static void check_time(long budget)
{
	long charged = here()->charged;

	if (charged > 0 && charged != budget)
		ADD(wrong_time, 1);
}

/* arg: the budget, and what the thread does. */
static void member(unsigned long arg)
{
	long budget = (long)(arg % (NBUDGETS + 1));

	for (unsigned i = 0; i < 300; i++) {
		work(100000);
		check_time(budget);
		if (arg % 4 == 0)
			assert_int_equal(sched_thd_bind(self, (long)((arg + i) % NCORES)), 0);
		else if (arg % 4 == 1)
			sched_park(cos_now_ns() + 100000);
		else if (i % 7 == 0)
			sched_yield();
		check_time(budget);
	}
	ADD(finished, 1);
}

/* What a budget was charged, while no thread of it runs. */
static uint64_t budget_used(long budget)
{
	uint64_t used = GET(given[budget]);

	for (long i = 0; i < NCORES; i++) {
		assert_int_equal(sched_thd_bind(self, i), 0);
		assert_null(core_get((uint32_t)i)->payer);
		used -= here()->ticks_of[budget];
	}
	assert_int_equal(sched_thd_bind(self, SCHED_CORE_ANY), 0);
	return used;
}

/*
 * On all cores together a budget has its time of each period and no more (budget.h, I1), and at the
 * end no core holds any. How soon the threads end does not matter: the host has other work too.
 */
static void test_budgets(void **state)
{
	uint64_t before[NTCAPS], begin, periods;

	(void)state;
	finished = 0;
	for (long budget = 1; budget <= NBUDGETS; budget++)
		before[budget] = budget_used(budget);
	begin = clock_ns() / SCHED_BUDGET_PERIOD_NS;
	for (unsigned long i = 0; i < 24; i++)
		assert_true(sched_thd_create_in(1, (unsigned long)member, i,
						SCHED_PRIO_SERVICE + 1 + (long)(i % 2), -1,
						(long)(i % (NBUDGETS + 1))) >= 0);
	wait_for(24);
	while (left() > 1 + NCORES)
		sched_park(cos_now_ns() + COS_NS_PER_MS);
	periods = clock_ns() / SCHED_BUDGET_PERIOD_NS - begin + 1;
	for (long budget = 1; budget <= NBUDGETS; budget++)
		/* And the time of the last switches away from it. */
		assert_in_range(budget_used(budget) - before[budget], 1,
				periods * QUOTA(budget) + NCORES * 5 * COS_NS_PER_MS);
	assert_int_equal(wrong_time, 0);
}

/* Threads with a budget contend with others, and are throttled while they hold the lock. */
static void test_budget_locks(void **state)
{
	(void)state;
	finished = 0;
	lock_count = 0;
	for (unsigned long i = 0; i < 8; i++)
		assert_true(sched_thd_create_in(1, (unsigned long)contender, i,
						SCHED_PRIO_SERVICE + 1 + (long)(i % 4) * 4, -1,
						(long)(i % (NBUDGETS + 1))) >= 0);
	wait_for(8);
	assert_int_equal(lock_count, 8 * 2000);
}

/* Each test ends in seconds, however busy the machine is, unless it hangs. */
static int limit(void **state)
{
	(void)state;
	alarm(SECONDS_MAX);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup(function, limit)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_spread),   TEST(test_gathered), TEST(test_permits),
		TEST(test_timeouts), TEST(test_bind),	  TEST(test_bind_other),
		TEST(test_yield_to), TEST(test_churn),	  TEST(test_wake_all),
		TEST(test_time),     TEST(test_budgets),  TEST(test_budget_locks),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
