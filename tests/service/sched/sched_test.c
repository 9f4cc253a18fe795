/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched on one core, which is a simulation. Threads are the host's, of which one runs at a time.
 * The clock is a counter that every kernel operation and every look at the time advance. When the
 * deadline of the last dispatch has passed, the running thread is preempted right there, in the
 * middle of sched as anywhere else. Invariants are those of service/sched/core.h, unless another
 * header is named.
 */
#include "sim.h"

#define NSIM 256
#define ARCV 5000
#define STEP_NS 300
#define TCAP 7000
#define NTCAPS 8

struct sim {
	pthread_t host;
	pthread_cond_t run;
	void (*function)(unsigned long arg);
	unsigned long arg;
	long client; /* whose code it runs outside sched */
	uint64_t prio;
	bool exists, blocked, dead;
	uint64_t events;
	int pending; /* COS_EVENT_* */
};

static struct sim sim[NSIM];
static pthread_mutex_t big = PTHREAD_MUTEX_INITIALIZER; /* held by the one that runs */
static long running, scheduler = -1;
static uint64_t now_ns, deadline_ns, token = 1, switches, preemptions;
static uint64_t irq_at_ns; /* an event for irq_tid */
static long irq_tid = -1;
/* Temporal capabilities: the core's own, and one a budget. */
static uint64_t ticks_of[NTCAPS];
static long ntcaps, charged = -1;
static _Thread_local long self;

static bool simulating(void)
{
	return scheduler >= 0;
}

long cos_tid(void)
{
	return self;
}

long cos_client(void)
{
	return sim[self].client;
}

unsigned cos_core(void)
{
	return 0;
}

unsigned cos_ncores(void)
{
	return 1;
}

#define NBUDGETS 3
const char *cos_param(const char *key)
{
	static const char *const budgets[] = {"20", "30 7", "50"};

	assert_memory_equal(key, "BUDGET", 6);
	return atoi(key + 6) <= NBUDGETS ? budgets[atoi(key + 6) - 1] : NULL;
}

/* Let tid run. Returns when this thread runs again. */
static void pass_to(long tid)
{
	if (tid == self)
		return;
	switches++;
	running = tid;
	pthread_cond_signal(&sim[tid].run);
	while (running != self && !sim[self].dead)
		pthread_cond_wait(&sim[self].run, &big);
	if (running != self) { /* destroyed */
		pthread_mutex_unlock(&big);
		pthread_exit(NULL);
	}
}

static void post_event(long tid, int event)
{
	token++;
	sim[tid].pending = event;
}

/* By the kernel: on the core's time. */
static void dispatch_scheduler(void)
{
	charged = -1;
	pass_to(scheduler);
}

/* Time passes, and what it brings about happens now. */
static void tick(uint64_t ns)
{
	now_ns += ns;
	if (charged >= 0)
		ticks_of[charged] -= ns < ticks_of[charged] ? ns : ticks_of[charged];
	if (!simulating())
		return;
	if (charged >= 0 && ticks_of[charged] == 0) {
		token++;
		dispatch_scheduler();
	}
	if (irq_tid >= 0 && irq_at_ns != 0 && now_ns >= irq_at_ns) {
		struct sim *receiver = &sim[irq_tid];

		irq_at_ns = 0;
		receiver->events++;
		if (receiver->blocked) {
			receiver->blocked = false;
			post_event(irq_tid, COS_EVENT_READY);
			if (receiver->prio < sim[self].prio) {
				charged = -1;
				pass_to(irq_tid);
			}
		}
	}
	if (deadline_ns != 0 && now_ns >= deadline_ns && self != scheduler) {
		deadline_ns = 0;
		token++;
		preemptions++;
		dispatch_scheduler();
	}
}

uint64_t cos_now_ns(void)
{
	tick(STEP_NS);
	return now_ns;
}

uint64_t cos_tsc(void)
{
	tick(STEP_NS);
	return now_ns;
}

/*
 * I1: what was decided is still right: no timeout is earlier than that of the dispatch, 0: never.
 */
static void check_timeout(uint64_t timeout)
{
	const struct cos_timeout *first = cos_timeout_first(&core_get(0)->timeouts);

	if (first != NULL)
		assert_in_range(timeout, 1, first->deadline);
}

/* tcap -1: what is charged does not change. */
static long op_switch(long tid, uint64_t timeout, uint64_t with_token, long tcap)
{
	if (tcap >= 0 && ticks_of[tcap] == 0)
		return -COS_ETIMEDOUT;
	if (with_token != 0 && with_token != token)
		return -COS_EAGAIN;
	if (!sim[tid].exists)
		return -COS_ECAP;
	if (sim[tid].blocked)
		return -COS_EBUSY;
	if (with_token != 0)
		check_timeout(timeout);
	deadline_ns = timeout;
	if (tcap >= 0)
		charged = tcap;
	pass_to(tid);
	return 0;
}

static long op_tcap(long tcap, uint64_t op, uint64_t to, uint64_t ticks,
		    struct cos_results *results)
{
	assert_true(tcap >= 0 && tcap < ntcaps);
	if (op == COS_TCAP_BUDGET) {
		results->rdi = ticks_of[tcap];
		return 0;
	}
	assert_int_equal(op, COS_TCAP_TRANSFER);
	assert_in_range(to, TCAP, TCAP + ntcaps - 1);
	if (ticks > ticks_of[tcap])
		return -COS_EINVAL;
	ticks_of[tcap] -= ticks;
	ticks_of[to - TCAP] += ticks;
	return 0;
}

static long op_event(struct cos_results *results)
{
	results->rdx = token;
	for (long tid = 0; tid < NSIM; tid++) {
		if (sim[tid].exists && sim[tid].pending != 0) {
			results->rdi = (uint64_t)tid;
			results->rsi = (uint64_t)sim[tid].pending;
			sim[tid].pending = 0;
			return 1;
		}
	}
	return 0;
}

static long op_idle(uint64_t until, uint64_t with_token)
{
	assert_int_equal(self, scheduler);
	if (with_token != 0 && with_token != token)
		return -COS_EAGAIN;
	for (long tid = 0; tid < NSIM; tid++)
		if (sim[tid].pending != 0)
			return 0;
	check_timeout(until);
	if (irq_at_ns != 0 && (until == 0 || irq_at_ns < until))
		until = irq_at_ns;
	if (until == 0)
		fail_msg("idle for ever at %lu ns", now_ns);
	tick(until > now_ns ? until - now_ns : 0);
	return 0;
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a3, (void)a4, (void)a5;
	tick(STEP_NS);
	if (cap == COS_CAP_HW && op == COS_HW_TIME) {
		assert_in_range(a0, TCAP, TCAP + ntcaps - 1);
		ticks_of[a0 - TCAP] += a1;
		return 0;
	}
	if (cap == COS_CAP_HW && op == COS_HW_SCHED) {
		assert_int_equal(a1, ARCV);
		scheduler = (long)(a0 - COS_CAP_THD(0));
		return 0;
	}
	if (cap == COS_CAP_HW && op == COS_HW_IDLE)
		return op_idle(a0, a1);
	if (cap == ARCV && op == COS_SCHED_EVENT)
		return op_event(results);
	if (cap == ARCV && op == COS_ARCV_WAIT)
		return 0; /* with one core nothing sends to the scheduler thread */
	if (cap >= TCAP)
		return op_tcap((long)(cap - TCAP), op, a0, a1, results);
	assert_true(cap >= COS_CAP_THD(0) && cap < COS_CAP_THD(NSIM));
	if (op == COS_THD_SWITCH)
		return op_switch((long)(cap - COS_CAP_THD(0)), a0, a1, -1);
	if (op == COS_THD_RUN)
		return op_switch((long)(cap - COS_CAP_THD(0)), a0, a1, (long)(a2 - TCAP));
	assert_int_equal(op, COS_THD_PRIO);
	sim[cap - COS_CAP_THD(0)].prio = a0;
	return 0;
}

/* COS_ARCV_WAIT. */
static uint64_t arcv_wait(void)
{
	struct sim *me = &sim[self];
	uint64_t events;

	tick(STEP_NS);
	if (me->events == 0) {
		me->blocked = true;
		post_event(self, COS_EVENT_BLOCKED);
		dispatch_scheduler();
	}
	events = me->events;
	me->events = 0;
	return events;
}

static void *host_main(void *arg)
{
	self = (long)arg;
	pthread_mutex_lock(&big);
	while (running != self && !sim[self].dead)
		pthread_cond_wait(&sim[self].run, &big);
	if (running == self) {
		if (sim[self].function == (void (*)(unsigned long))sched_entry)
			sched_main();
		sim[self].function(sim[self].arg);
		sched_thd_exit();
	}
	pthread_mutex_unlock(&big);
	return NULL;
}

long mem_thd_create(long comp, unsigned long ip, unsigned long arg, long gate_number, long client)
{
	tick(STEP_NS);
	assert_int_equal(gate_number, MEM_THD_NOGATE);
	assert_int_equal(client, comp == SIM_SCHED ? SIM_SCHED : cos_client());
	if (comp != client)
		return -COS_EPERM;
	for (long tid = 0; tid < NSIM; tid++) {
		struct sim *s = &sim[tid];

		if (s->exists)
			continue;
		*s = (struct sim){.function = (void (*)(unsigned long))ip,
				  .arg = arg,
				  .client = client,
				  .exists = true,
				  .prio = UINT64_MAX};
		pthread_cond_init(&s->run, NULL);
		assert_int_equal(pthread_create(&s->host, NULL, host_main, (void *)tid), 0);
		return tid;
	}
	return -COS_ENOMEM;
}

long mem_thd_destroy(long tid)
{
	tick(STEP_NS);
	assert_true(sim[tid].exists && tid != self);
	sim[tid].exists = false;
	sim[tid].dead = true;
	sim[tid].pending = 0;
	pthread_cond_signal(&sim[tid].run);
	pthread_mutex_unlock(&big); /* for it to end; all others wait to be `running` */
	pthread_join(sim[tid].host, NULL);
	pthread_mutex_lock(&big);
	return 0;
}

struct cos_pair mem_arcv_create(long tid)
{
	(void)tid;
	return (struct cos_pair){ARCV, ARCV};
}

long mem_asnd_create(long tid)
{
	(void)tid;
	return ARCV + 1;
}

long mem_tcap_create(void)
{
	assert_true(ntcaps < NTCAPS);
	return TCAP + ntcaps++;
}

long mem_lock_owner(void)
{
	return -COS_EPERM;
}

/* Threads of the tests: work takes time, during which they may be preempted. */
static void work(uint64_t ns)
{
	for (uint64_t done = 0; done < ns; done += 5000)
		tick(5000);
}

static long create_in(void (*function)(unsigned long), unsigned long arg, long prio, long budget)
{
	long tid =
		sched_thd_create_in(cos_client(), (unsigned long)function, arg, prio, -1, budget);

	assert_true(tid >= 0);
	return tid;
}

static int setup(void **state)
{
	(void)state;
	self = 0;
	sim[0] = (struct sim){.client = 1, .exists = true, .prio = UINT64_MAX};
	pthread_cond_init(&sim[0].run, NULL);
	pthread_mutex_lock(&big);
	running = 0;
	assert_int_equal(component_init(), 0);
	assert_int_equal(sched_adopt(0, SCHED_PRIO_SERVICE), 0);
	return 0;
}

static void wait_for(uint32_t *count, uint32_t wanted)
{
	uint64_t limit = now_ns + 100 * COS_NS_PER_S;

	while (*count < wanted) {
		assert_true(now_ns < limit);
		sched_park(now_ns + 1000000);
	}
}

static uint32_t finished;

static void spin(unsigned long arg)
{
	work(arg);
	finished++;
}

/* Equals share the processor, and none gets less than its part (runq.h, I2). */
static void test_round_robin(void **state)
{
	long tid[5];

	(void)state;
	finished = 0;
	for (int i = 0; i < 5; i++)
		tid[i] = create(spin, COS_NS_PER_S, SCHED_PRIO_SERVICE + 1);
	sched_park(now_ns + 2500 * COS_NS_PER_MS);
	for (int i = 0; i < 5; i++) {
		long ran = sched_thd_time(tid[i]);

		assert_in_range(ran, 480 * COS_NS_PER_MS, 520 * COS_NS_PER_MS);
	}
	wait_for(&finished, 5);
}

static uint64_t started_at[3];

static void note_start(unsigned long arg)
{
	started_at[arg] = now_ns;
	work(1000000);
	finished++;
}

static void test_priority(void **state)
{
	(void)state;
	finished = 0;
	create(note_start, 0, SCHED_PRIO_SERVICE + 2);
	create(note_start, 1, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(finished, 0);
	create(note_start, 2, SCHED_PRIO_SERVICE - 1);
	assert_int_equal(finished, 1); /* it has run already */
	wait_for(&finished, 3);
	assert_true(started_at[2] < started_at[1] && started_at[1] < started_at[0]);
}

static void sleeper(unsigned long arg)
{
	for (unsigned i = 0; i < 50; i++) {
		uint64_t until = now_ns + 1000 + (arg * 7919 + i * 104729) % 5000000;
		long result = sched_park(until);

		assert_int_equal(result, -COS_ETIMEDOUT);
		assert_true(now_ns >= until);
		assert_true(now_ns < until + 2 * COS_NS_PER_MS); /* others work 100 us at a time */
		work(100000);
	}
	finished++;
}

static void test_timeouts(void **state)
{
	(void)state;
	finished = 0;
	for (unsigned long i = 0; i < 10; i++)
		create(sleeper, i, SCHED_PRIO_SERVICE - 2);
	create(spin, COS_NS_PER_S, SCHED_PRIO_PROGRAM); /* so that the core is never idle */
	wait_for(&finished, 11);
}

static long partner[2];
static uint32_t turns;

static void ping(unsigned long me)
{
	while (turns < 5000) {
		while (turns % 2 != me && turns < 5000)
			sched_park(0);
		if (turns < 5000)
			turns++;
		if (turns % 97 == 0)
			work(20000000); /* long enough to be preempted here and there */
		if (turns % 3 == 0 || turns >= 5000)
			sched_unpark(partner[1 - me]);
		else
			sched_unpark_park(partner[1 - me], turns % 5 == 0 ? now_ns + 100000 : 0);
	}
	finished++;
	sched_unpark(partner[1 - me]);
}

/* No wake-up is lost, wherever the preemption comes (I1, I3). */
static void test_permits(void **state)
{
	(void)state;
	finished = 0;
	turns = 0;
	for (unsigned long i = 0; i < 2; i++)
		partner[i] = -1;
	partner[0] = create(ping, 0, SCHED_PRIO_SERVICE + 1);
	partner[1] = create(ping, 1, SCHED_PRIO_SERVICE + 1);
	create(spin, COS_NS_PER_S, SCHED_PRIO_SERVICE + 1);
	wait_for(&finished, 3);
	sched_unpark(0);
	assert_int_equal(sched_park(now_ns + COS_NS_PER_S), 0); /* given before */
	assert_int_equal(sched_park(1), -COS_ETIMEDOUT);
	assert_int_equal(sched_unpark(NSIM + 5), -COS_EDEAD);
}

static void urgent(unsigned long arg)
{
	(void)arg;
	sched_park(0);
	finished++;
}

/*
 * The thread that was woken runs first if it is more urgent, whether this one has to wait or not.
 */
static void test_unpark_park(void **state)
{
	long tid;

	(void)state;
	finished = 0;
	tid = create(urgent, 0, SCHED_PRIO_SERVICE - 1);
	sched_unpark(0);
	assert_int_equal(sched_unpark_park(tid, 0), 0);
	assert_int_equal(finished, 1);
	tid = create(urgent, 0, SCHED_PRIO_SERVICE - 1);
	assert_int_equal(sched_unpark_park(tid, 1), -COS_ETIMEDOUT);
	assert_int_equal(finished, 2);
	tid = create(urgent, 0, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(finished, 2);
	assert_int_equal(sched_unpark_park(tid, now_ns + COS_NS_PER_MS), -COS_ETIMEDOUT);
	assert_int_equal(finished, 3);
	assert_int_equal(sched_unpark_park(NSIM + 5, now_ns + COS_NS_PER_MS), -COS_ETIMEDOUT);
}

static uint32_t interrupts;
static long irq_waiter;

static void irq_thread(unsigned long arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		irq_at_ns = now_ns + 100 + (uint64_t)(i * 7919) % 30000000;
		interrupts += (uint32_t)arcv_wait();
		sched_unpark(irq_waiter);
	}
	irq_tid = -1;
	finished++;
}

static void irq_user(unsigned long arg)
{
	(void)arg;
	while (interrupts < 100) {
		uint32_t seen = interrupts;

		while (interrupts == seen && interrupts < 100)
			sched_park(0);
		work(50000);
	}
	finished++;
}

/* With other threads computing, and with the core idle between. */
static void test_interrupts(void **state)
{
	(void)state;
	for (int busy = 0; busy < 2; busy++) {
		finished = 0;
		interrupts = 0;
		if (busy)
			create(spin, 2 * COS_NS_PER_S, SCHED_PRIO_PROGRAM);
		irq_waiter = create(irq_user, 0, SCHED_PRIO_SERVICE + 1);
		irq_tid = create(irq_thread, 0, SCHED_PRIO_IRQ);
		wait_for(&finished, 2 + (uint32_t)busy);
		assert_int_equal(interrupts, 100);
	}
}

#define EVENTS 200
static long event_receiver, event_timer;
static uint32_t event_timed;

/* Woken by the interrupt, it waits for a thread that waits for a time. */
static void event_receive(unsigned long arg)
{
	(void)arg;
	for (uint64_t i = 0; i < EVENTS; i++) {
		irq_at_ns = now_ns + i * STEP_NS / 3;
		arcv_wait();
		sched_unpark(event_timer);
		while (event_timed <= i)
			sched_park(0);
	}
	irq_tid = -1;
	finished++;
}

static void event_time(unsigned long waiter)
{
	while (event_timed < EVENTS) {
		uint64_t until;

		sched_park(0);
		until = now_ns + COS_NS_PER_MS;
		assert_int_equal(sched_park(until), -COS_ETIMEDOUT);
		assert_true(now_ns < until + COS_NS_PER_MS);
		event_timed++;
		sched_unpark(event_receiver);
	}
	finished++;
	sched_unpark((long)waiter);
}

/*
 * I2: an interrupt just before the scheduler thread idles: it must not sleep through what follows.
 */
static void test_event_before_idle(void **state)
{
	(void)state;
	finished = 0;
	event_timer = create(event_time, 0, SCHED_PRIO_SERVICE);
	irq_tid = event_receiver = create(event_receive, 0, SCHED_PRIO_IRQ);
	while (finished < 2)
		sched_park(0);
}

#define YIELDS 200
static long late_sleeper;
static bool late_end;

static void late_sleep(unsigned long arg)
{
	(void)arg;
	while (!late_end) {
		sched_park(0);
		sched_park(now_ns + 50000);
	}
	finished++;
	sched_unpark(0);
}

static void late_wake(unsigned long arg)
{
	(void)arg;
	while (!late_end) {
		work(20000);
		sched_unpark(late_sleeper);
		sched_yield();
	}
	sched_unpark(late_sleeper);
	finished++;
	sched_unpark(0);
}

static void late_yield(unsigned long arg)
{
	(void)arg;
	for (uint64_t i = 1; i <= YIELDS; i++) {
		while (now_ns + i * STEP_NS / 4 < core_get(0)->slice_end)
			tick(50);
		sched_yield();
	}
	late_end = true;
	finished++;
	sched_unpark(0);
}

/*
 * I1: the end of a slice at every step of a yield. What was decided before it is not done after it,
 * since another thread has set a timeout meanwhile (check_timeout).
 */
static void test_slice_end_in_yield(void **state)
{
	(void)state;
	finished = 0;
	late_end = false;
	late_sleeper = create(late_sleep, 0, SCHED_PRIO_SERVICE + 1);
	create(late_wake, 0, SCHED_PRIO_SERVICE + 2);
	create(late_yield, 0, SCHED_PRIO_SERVICE + 2);
	while (finished < 3) /* without a time: the slice is to end */
		sched_park(0);
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
	finished++;
}

static void test_churn(void **state)
{
	uint32_t left = 0;

	(void)state;
	finished = 0;
	for (int i = 0; i < 10; i++) {
		uint32_t before = finished;

		create(churn, 5, SCHED_PRIO_SERVICE + 1);
		wait_for(&finished, before + 63);
	}
	sched_park(now_ns + COS_NS_PER_S);
	for (long tid = 0; tid < NSIM; tid++)
		left += sim[tid].exists;
	assert_int_equal(left, 2); /* we and the scheduler thread */
	assert_true(preemptions > 100);
}

static void exit_in_another(unsigned long arg)
{
	sim[self].client = 8; /* as if it ran in a server */
	assert_int_equal(sched_thd_exit(), -COS_EPERM);
	sim[self].client = 7;
	*(uint32_t *)arg = 1;
}

/* Nothing of a thread is another component's to change, to measure or to end. */
static void test_owner(void **state)
{
	uint32_t done = 0;
	long tid;

	(void)state;
	sim[0].client = 7;
	tid = create(exit_in_another, (unsigned long)&done, SCHED_PRIO_LAST);
	sim[0].client = 8;
	assert_int_equal(sched_thd_prio(tid, SCHED_PRIO_FIRST), -COS_EPERM);
	assert_int_equal(sched_thd_bind(tid, 0), -COS_EPERM);
	assert_int_equal(sched_thd_deadline(tid, 1000, 2000, 3000), -COS_EPERM);
	assert_int_equal(sched_thd_time(tid), -COS_EPERM);
	assert_int_equal(sched_thd_prio(NSIM, SCHED_PRIO_FIRST), -COS_EDEAD);
	assert_int_equal(sched_thd_create_in(7, 0, 0, SCHED_PRIO_FIRST, -1, 0), -COS_EPERM);
	assert_int_equal(sched_thd_receiver(tid), -COS_EPERM);
	assert_int_equal(sched_wake_all(), -COS_EPERM);
	assert_int_equal(sched_adopt(self, SCHED_PRIO_FIRST), -COS_EPERM);
	sim[0].client = 7;
	assert_int_equal(sched_thd_prio(tid, SCHED_PRIO_SERVICE), 0);
	assert_true(sched_thd_time(tid) >= 0);
	sim[0].client = 1;
	wait_for(&done, 1);
}

static uint32_t woken;

static void sleep_long(unsigned long arg)
{
	(void)arg;
	assert_int_equal(sched_park(0), 0);
	woken++;
}

static void test_wake_all(void **state)
{
	(void)state;
	woken = 0;
	for (int i = 0; i < 10; i++)
		create(sleep_long, 0, SCHED_PRIO_SERVICE - 1);
	assert_int_equal(woken, 0);
	sched_wake_all();
	assert_int_equal(woken, 10);
}

/* Liu and Layland's pair: 2 ms of 5 and 4 of 7 are 97 % of the core. */
static struct job {
	uint64_t work_ns, period_ns;
	uint32_t missed;
} jobs[2] = {{1900000, 5 * COS_NS_PER_MS, 0}, {3900000, 7 * COS_NS_PER_MS, 0}};
#define JOBS_END (350 * COS_NS_PER_MS)
static bool by_deadline;
static uint64_t jobs_start;

static void job(unsigned long arg)
{
	struct job *j = &jobs[arg];

	if (by_deadline)
		assert_int_equal(
			sched_thd_deadline(self, j->work_ns + 100000, j->period_ns, j->period_ns),
			0);
	for (uint64_t due = jobs_start; due < jobs_start + JOBS_END; due += j->period_ns) {
		sched_park(due);
		work(j->work_ns);
		j->missed += now_ns > due + j->period_ns;
	}
	finished++;
}

/* Fixed priorities, the more frequent job first, miss a deadline; deadlines do not. */
static void test_deadlines(void **state)
{
	(void)state;
	for (int edf = 0; edf < 2; edf++) {
		finished = 0;
		by_deadline = edf;
		jobs_start = now_ns + COS_NS_PER_MS;
		jobs[0].missed = jobs[1].missed = 0;
		create(job, 0, SCHED_PRIO_SERVICE + 1);
		create(job, 1, edf ? SCHED_PRIO_SERVICE + 1 : SCHED_PRIO_SERVICE + 2);
		create(spin, COS_NS_PER_MS, SCHED_PRIO_SERVICE + (edf ? 1 : 3));
		while (finished < 3)
			sched_park(now_ns + 100 * COS_NS_PER_MS);
		assert_int_equal(jobs[0].missed, 0);
		if (edf)
			assert_int_equal(jobs[1].missed, 0);
		else
			assert_true(jobs[1].missed > 0);
	}
	assert_int_equal(core_get(0)->reserved, 0);
}

static bool runtime_over;

static void hog(unsigned long arg)
{
	(void)arg;
	while (!runtime_over)
		work(20000);
	finished++;
}

/* It has its runtime and no more (cbs.h, I3); its equals have the rest. */
static void test_runtime(void **state)
{
	long tid[2], before[2];

	(void)state;
	finished = 0;
	runtime_over = false;
	for (int i = 0; i < 2; i++)
		tid[i] = create(hog, 0, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(sched_thd_deadline(tid[0], 3 * COS_NS_PER_MS, 5 * COS_NS_PER_MS,
					    10 * COS_NS_PER_MS),
			 0);
	sched_park(now_ns + 50 * COS_NS_PER_MS);
	for (int i = 0; i < 2; i++)
		before[i] = sched_thd_time(tid[i]);
	sched_park(now_ns + COS_NS_PER_S);
	/* A look at the time takes part of a period's runtime. */
	assert_in_range(sched_thd_time(tid[0]) - before[0], 297 * COS_NS_PER_MS,
			303 * COS_NS_PER_MS);
	assert_in_range(sched_thd_time(tid[1]) - before[1], 690 * COS_NS_PER_MS,
			703 * COS_NS_PER_MS);
	runtime_over = true;
	wait_for(&finished, 2);
}

static void yielder(unsigned long arg)
{
	for (unsigned long i = 0; i < arg; i++) {
		work(100000);
		sched_yield();
	}
	finished++;
}

/* A periodic job ends by yielding; the next one begins with the next period. */
static void test_deadline_yield(void **state)
{
	uint64_t start = now_ns;
	long tid;

	(void)state;
	finished = 0;
	tid = create(yielder, 20, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(
		sched_thd_deadline(tid, COS_NS_PER_MS, 10 * COS_NS_PER_MS, 10 * COS_NS_PER_MS), 0);
	wait_for(&finished, 1);
	assert_in_range(now_ns - start, 200 * COS_NS_PER_MS, 203 * COS_NS_PER_MS);
}

static void test_admission(void **state)
{
	const uint64_t ms = COS_NS_PER_MS;
	long a, b;

	(void)state;
	finished = 0;
	runtime_over = true;
	a = create(hog, 0, SCHED_PRIO_SERVICE + 1);
	b = create(hog, 0, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(sched_thd_deadline(a, 6 * ms, 10 * ms, 20 * ms), 0);
	assert_int_equal(sched_thd_deadline(b, 5 * ms, 10 * ms, 10 * ms), -COS_EBUSY);
	assert_int_equal(sched_thd_deadline(a, 5 * ms, 10 * ms, 20 * ms), 0);
	assert_int_equal(sched_thd_deadline(b, 5 * ms, 10 * ms, 10 * ms), 0);
	assert_int_equal(sched_thd_bind(b, SCHED_CORE_ANY), -COS_EBUSY);
	assert_int_equal(sched_thd_deadline(b, 11 * ms, 10 * ms, 10 * ms), -COS_EINVAL);
	assert_int_equal(sched_thd_deadline(b, 5 * ms, 11 * ms, 10 * ms), -COS_EINVAL);
	assert_int_equal(sched_thd_deadline(b, 1, UINT64_MAX, UINT64_MAX), -COS_EINVAL);
	assert_int_equal(sched_thd_deadline(NSIM + 5, ms, ms, ms), -COS_EDEAD);
	assert_int_equal(sched_thd_deadline(b, 0, 0, 0), 0);
	assert_int_equal(sched_thd_bind(b, SCHED_CORE_ANY), 0);
	wait_for(&finished, 2);
	sched_park(now_ns + ms);
	assert_int_equal(core_get(0)->reserved, 0); /* the end of a gives it back */
}

static uint64_t held_by;

static void holder(unsigned long arg)
{
	(void)arg;
	held_by = (uint64_t)self + 1;
	work(3 * COS_NS_PER_MS); /* throttled meanwhile, for a second */
	held_by = 0;
	finished++;
}

/* A thread that needs the lock of a throttled one runs that one, on its own time (cbs.h, I5). */
static void test_throttled_holder(void **state)
{
	uint64_t start;
	long tid;

	(void)state;
	finished = 0;
	tid = create(holder, 0, SCHED_PRIO_SERVICE + 1);
	assert_int_equal(sched_thd_deadline(tid, COS_NS_PER_MS, COS_NS_PER_S, COS_NS_PER_S), 0);
	sched_park(now_ns + 2 * COS_NS_PER_MS);
	start = now_ns;
	assert_true(held_by != 0);
	while (held_by != 0)
		sched_yield_to((long)held_by - 1);
	assert_true(now_ns < start + 10 * COS_NS_PER_MS);
	wait_for(&finished, 1);
}

static bool hogs_end;
static bool on_wrong_time;

/* It runs on its own budget's time whenever it looks. */
static void budget_hog(unsigned long budget)
{
	while (!hogs_end) {
		work(20000);
		on_wrong_time |= charged != (budget != 0 ? (long)budget : -1) &&
				 !(budget == 0 && charged == 0);
	}
	finished++;
}

/* It waits half of the time. */
static void budget_sleeper(unsigned long budget)
{
	while (!hogs_end) {
		work(200000);
		on_wrong_time |= charged != (long)budget;
		sched_park(now_ns + 200000);
		sched_yield();
	}
	finished++;
}

/* How long each of n threads ran, from the begin of a period to that of the n-th after it. */
/* As the component asks whose thread it is. */
static uint64_t time_of(long tid)
{
	long client = sim[self].client, ran;

	sim[self].client = sim[tid].client;
	ran = sched_thd_time(tid);
	sim[self].client = client;
	return (uint64_t)ran;
}

static void measure(const long *tid, uint64_t *ran, int n, uint64_t periods)
{
	uint64_t begin = (now_ns / SCHED_BUDGET_PERIOD_NS + 2) * SCHED_BUDGET_PERIOD_NS;

	while (now_ns < begin)
		sched_park(begin);
	for (int i = 0; i < n; i++)
		ran[i] = time_of(tid[i]);
	begin += periods * SCHED_BUDGET_PERIOD_NS;
	while (now_ns < begin)
		sched_park(begin);
	for (int i = 0; i < n; i++)
		ran[i] = time_of(tid[i]) - ran[i];
}

static void hogs_begin(void)
{
	finished = 0;
	hogs_end = on_wrong_time = false;
}

static void hogs_stop(uint32_t count)
{
	hogs_end = true;
	wait_for(&finished, count);
	assert_false(on_wrong_time);
}

/* What the ends of ten periods and the switches may take or give. */
#define ABOUT(ran, ms) \
	assert_in_range(ran, (ms)*COS_NS_PER_MS - 2000000, (ms)*COS_NS_PER_MS + 500000)

/* budget.h, I1: a hard cap, with other threads and alone. */
static void test_budget(void **state)
{
	uint64_t ran[2];
	long tid[2];

	(void)state;
	for (int others = 0; others < 2; others++) {
		hogs_begin();
		tid[0] = create_in(budget_hog, 1, SCHED_PRIO_SERVICE + 1, 1);
		tid[1] = others ? create(budget_hog, 0, SCHED_PRIO_SERVICE + 1) : tid[0];
		measure(tid, ran, 2, 10);
		ABOUT(ran[0], 200);
		if (others)
			assert_in_range(ran[1], 780 * COS_NS_PER_MS, 801 * COS_NS_PER_MS);
		hogs_stop(1 + (uint32_t)others);
	}
}

/* All threads of a budget have its time together, whatever their priorities and ways of waiting. */
static void test_budget_together(void **state)
{
	uint64_t ran[6];
	long tid[6];

	(void)state;
	hogs_begin();
	tid[0] = create_in(budget_hog, 1, SCHED_PRIO_SERVICE + 1, 1);
	tid[1] = create_in(budget_hog, 1, SCHED_PRIO_SERVICE + 1, 1);
	tid[2] = create_in(budget_sleeper, 1, SCHED_PRIO_SERVICE - 1, 1);
	tid[3] = create_in(budget_sleeper, 3, SCHED_PRIO_SERVICE - 2, 3);
	tid[4] = create_in(budget_hog, 3, SCHED_PRIO_SERVICE + 1, 3);
	tid[5] = create(budget_hog, 0, SCHED_PRIO_SERVICE + 2);
	measure(tid, ran, 6, 10);
	/* Each switch may be charged a step or two differently here: 1 %. */
	assert_in_range(ran[0] + ran[1] + ran[2], 198 * COS_NS_PER_MS, 202 * COS_NS_PER_MS);
	assert_in_range(ran[3] + ran[4], 495 * COS_NS_PER_MS, 505 * COS_NS_PER_MS);
	assert_true(ran[5] > 250 * COS_NS_PER_MS);
	hogs_stop(6);
}

/* Threads that a component makes are under its budget. */
static void test_budget_of_component(void **state)
{
	uint64_t ran[2];
	long tid[2];

	(void)state;
	hogs_begin();
	sim[0].client = 7;
	tid[0] = create(budget_hog, 2, SCHED_PRIO_SERVICE + 1);
	sim[0].client = 1;
	tid[1] = create(budget_hog, 0, SCHED_PRIO_SERVICE + 1);
	measure(tid, ran, 2, 10);
	ABOUT(ran[0], 300);
	hogs_stop(2);
	assert_int_equal(sched_thd_create_in(1, 0, 0, SCHED_PRIO_SERVICE, -1, NBUDGETS + 1),
			 -COS_EINVAL);
	assert_int_equal(sched_thd_create_in(1, 0, 0, SCHED_PRIO_SERVICE, -1, -1), -COS_EINVAL);
}

static long budget_pair[2];

/* The first has budget 1, the second none: each wakes the other and waits for it. */
static void budget_ping(unsigned long me)
{
	while (!hogs_end) {
		work(20000);
		on_wrong_time |= me == 0 ? charged != 1 : charged > 0;
		sched_unpark_park(budget_pair[1 - me], 0);
	}
	finished++;
	sched_unpark(budget_pair[1 - me]);
}

/* budget.h, I4: the same for hand-overs, which are quick switches otherwise. */
static void test_budget_hand_over(void **state)
{
	uint64_t ran[2];

	(void)state;
	hogs_begin();
	budget_pair[0] = budget_pair[1] = -1;
	budget_pair[0] = create_in(budget_ping, 0, SCHED_PRIO_SERVICE + 1, 1);
	budget_pair[1] = create(budget_ping, 1, SCHED_PRIO_SERVICE + 1);
	measure(budget_pair, ran, 2, 10);
	assert_in_range(ran[0], 180 * COS_NS_PER_MS, 220 * COS_NS_PER_MS);
	assert_in_range(ran[1], 180 * COS_NS_PER_MS, 220 * COS_NS_PER_MS);
	hogs_stop(2);
}

static uint64_t budget_ran;

static void brief(unsigned long ns)
{
	work(ns);
	budget_ran += (uint64_t)sched_thd_time(self);
	finished++;
}

/* What a thread that ended had not used, the others have. */
static void test_budget_ends(void **state)
{
	uint64_t begin = (now_ns / SCHED_BUDGET_PERIOD_NS + 2) * SCHED_BUDGET_PERIOD_NS;
	uint32_t n = 0;

	(void)state;
	finished = 0;
	budget_ran = 0;
	while (now_ns < begin)
		sched_park(begin);
	while (now_ns < begin + 90 * COS_NS_PER_MS) {
		create_in(brief, COS_NS_PER_MS / 2, SCHED_PRIO_SERVICE + 1, 1);
		n++;
		sched_park(now_ns + COS_NS_PER_MS);
	}
	assert_in_range(budget_ran, 18 * COS_NS_PER_MS, 20 * COS_NS_PER_MS);
	wait_for(&finished, n);
}

/* A budget does not pay for the threads that an interrupt of its thread wakes. */
static void test_budget_interrupted(void **state)
{
	uint64_t ran[2];
	long tid[2];

	(void)state;
	hogs_begin();
	interrupts = 0;
	tid[0] = create_in(budget_hog, 1, SCHED_PRIO_SERVICE + 2, 1);
	tid[1] = create_in(budget_hog, 3, SCHED_PRIO_SERVICE + 2, 3);
	irq_waiter = create(irq_user, 0, SCHED_PRIO_SERVICE + 1);
	irq_tid = create(irq_thread, 0, SCHED_PRIO_IRQ);
	measure(tid, ran, 2, 10);
	/* An interrupt's time counts as the interrupted thread's, but is charged to no budget. */
	assert_in_range(ran[0], 195 * COS_NS_PER_MS, 202 * COS_NS_PER_MS);
	assert_in_range(ran[1], 490 * COS_NS_PER_MS, 505 * COS_NS_PER_MS);
	wait_for(&interrupts, 100);
	hogs_stop(4);
}

/* A deadline gives a thread time only while its budget has some. */
static void test_budget_deadline(void **state)
{
	uint64_t ran[1];
	long tid[1];

	(void)state;
	for (uint64_t share = 1; share <= 4; share += 3) {
		hogs_begin();
		tid[0] = create_in(budget_hog, 1, SCHED_PRIO_SERVICE + 1, 1);
		assert_int_equal(sched_thd_deadline(tid[0], share * COS_NS_PER_MS,
						    10 * COS_NS_PER_MS, 10 * COS_NS_PER_MS),
				 0);
		measure(tid, ran, 1, 10);
		ABOUT(ran[0], share == 1 ? 100 : 200);
		hogs_stop(1);
	}
	sched_park(now_ns + COS_NS_PER_MS);
	assert_int_equal(core_get(0)->reserved, 0);
}

static void budget_holder(unsigned long ns)
{
	held_by = (uint64_t)self + 1;
	work(ns);
	held_by = 0;
	finished++;
}

/* A thread that needs the lock of a throttled one runs that one, and its budget does not pay. */
static void test_budget_holder(void **state)
{
	uint64_t start, before;

	(void)state;
	finished = 0;
	start = (now_ns / SCHED_BUDGET_PERIOD_NS + 2) * SCHED_BUDGET_PERIOD_NS;
	while (now_ns < start)
		sched_park(start);
	create_in(budget_holder, 25 * COS_NS_PER_MS, SCHED_PRIO_SERVICE + 1, 1);
	sched_park(start + 30 * COS_NS_PER_MS);
	assert_true(held_by != 0);
	before = ticks_of[1];
	while (held_by != 0)
		sched_yield_to((long)held_by - 1);
	assert_true(now_ns < start + 40 * COS_NS_PER_MS);
	assert_int_equal(ticks_of[1], before);
	wait_for(&finished, 1);
}

static void budget_churn(unsigned long depth)
{
	work(30000);
	for (long i = 0; depth > 0 && i < 2; i++)
		create_in(budget_churn, depth - 1, SCHED_PRIO_SERVICE + i * 2 - 1,
			  ((long)depth + i) % (NBUDGETS + 1));
	sched_yield();
	sched_yield_to(0);
	sched_park(now_ns + depth * 10000);
	finished++;
}

/* Threads of all budgets and of none, preempted anywhere. */
static void test_budget_churn(void **state)
{
	uint32_t left = 0;

	(void)state;
	finished = 0;
	for (uint32_t i = 1; i <= 20; i++) {
		create_in(budget_churn, 5, SCHED_PRIO_SERVICE + 1, i % (NBUDGETS + 1));
		wait_for(&finished, i * 63);
	}
	sched_park(now_ns + COS_NS_PER_S);
	for (long tid = 0; tid < NSIM; tid++)
		left += sim[tid].exists;
	assert_int_equal(left, 2); /* we and the scheduler thread */
	assert_true(charged <= 0);
	assert_null(core_get(0)->payer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_robin),
		cmocka_unit_test(test_priority),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_permits),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_event_before_idle),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_wake_all),
		cmocka_unit_test(test_unpark_park),
		cmocka_unit_test(test_slice_end_in_yield),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_runtime),
		cmocka_unit_test(test_deadline_yield),
		cmocka_unit_test(test_admission),
		cmocka_unit_test(test_throttled_holder),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_budget_together),
		cmocka_unit_test(test_budget_of_component),
		cmocka_unit_test(test_budget_hand_over),
		cmocka_unit_test(test_budget_ends),
		cmocka_unit_test(test_budget_interrupted),
		cmocka_unit_test(test_budget_deadline),
		cmocka_unit_test(test_budget_holder),
		cmocka_unit_test(test_budget_churn),
	};

	/* One core, one life: the tests follow each other on it. */
	return cmocka_run_group_tests(tests, setup, NULL);
}
