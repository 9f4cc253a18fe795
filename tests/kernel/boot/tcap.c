/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Temporal capabilities (tcap.h, B2 to B4). Our thread is the core's scheduler thread and has
 * unlimited time.
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define HW COS_BOOT_HW
#define MS (TSC_HZ / 1000)
#define ROUNDS_MAX 1000

static uint64_t budget_of(uint64_t tcap)
{
	struct sys s = {COS_OP(tcap, COS_TCAP_BUDGET), {0}};

	EXPECT(sys(&s), 0);
	return s.arg[0];
}

static uint64_t tcap_new(uint64_t prio, uint64_t ticks)
{
	uint64_t tcap = slot_new();

	EXPECT(OP(CT, COS_MK_TCAP, tcap, page_kernel(), prio), 0);
	EXPECT(OP(HW, COS_HW_TIME, tcap, ticks), 0);
	return tcap;
}

static void test_transfer(void)
{
	uint64_t a = tcap_new(20, 100), b = tcap_new(10, 0);
	struct sys s = {COS_OP(b, COS_TCAP_BUDGET), {0}};

	EXPECT(OP(a, COS_TCAP_TRANSFER, b, 101), -COS_EINVAL);
	EXPECT(OP(a, COS_TCAP_TRANSFER, CT, 1), -COS_ECAP);
	EXPECT(OP(a, COS_TCAP_TRANSFER, b, 60), 0);
	EXPECT(budget_of(a), 40);
	/* B4: with the time comes the giver's bound on urgency. */
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 60);
	EXPECT(s.arg[1], 20);
	EXPECT(OP(HW, COS_HW_TIME, b, UINT64_MAX), -COS_EINVAL);
	EXPECT(OP(a, 2), -COS_ENOSYS);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, a), 0);
}

/* B3: a thread that never yields runs no longer than its time, whatever the timeout. */
static void test_budget(void)
{
	uint64_t tcap = tcap_new(0, 0);
	uint64_t thd = thd_new(COS_BOOT_COMP, 12, spin_entry, (uint64_t)&shared->spins);
	unsigned progress = 0;

	EXPECT(OP(thd, COS_THD_RUN, 0, 0, tcap), -COS_ETIMEDOUT);
	EXPECT(OP(thd, COS_THD_RUN, 0, 0, CT), -COS_ECAP);
	shared->spins = 0;
	for (unsigned i = 0; i < ROUNDS_MAX && progress < 5; i++) {
		uint64_t before = shared->spins;

		EXPECT(OP(HW, COS_HW_TIME, tcap, 2 * MS), 0);
		EXPECT(OP(thd, COS_THD_RUN, 0, 0, tcap), 0);
		EXPECT(budget_of(tcap), 0);
		progress += shared->spins > before;
	}
	EXPECT(progress, 5);
	/* B2: what it did not use is left. */
	EXPECT(OP(HW, COS_HW_TIME, tcap, 1000UL * MS), 0);
	EXPECT(OP(thd, COS_THD_RUN, 1, 0, tcap), 0);
	EXPECT(budget_of(tcap) > 0, true);
	EXPECT(budget_of(tcap) < 1000UL * MS, true);
	EXPECT(events_of(12), 0);
}

static uint64_t child_thd, child_arcv, child_sees;

/* A scheduler thread below us: its thread runs on its time, and it gets that thread's events. */
static void body_child(uint64_t tid)
{
	(void)tid;
	for (;;) {
		struct sys s = {COS_OP(child_arcv, COS_SCHED_EVENT), {0}};

		if (sys(&s) == 1)
			shared->log[shared->nlog++ % 8] = s.arg[0] << 8 | s.arg[1];
		else if (OP(child_sees, COS_THD_SWITCH, 0, 0) < 0)
			OP(child_arcv, COS_ARCV_WAIT, 0);
	}
}

static uint64_t below_arcv;

static void body_below(uint64_t tid)
{
	(void)tid;
	OP(below_arcv, COS_ARCV_WAIT, 0);
	shared->woken++;
	for (;;)
		shared->spins++;
}

static void test_hierarchy(void)
{
	uint64_t tcap = tcap_new(30, 1000UL * MS), asnd = slot_new(), spins;
	struct sys event = {COS_OP(sched_arcv, COS_SCHED_EVENT), {0}};

	child_thd = thd_new(COS_BOOT_COMP, 13, thd_entry, (uint64_t)body_child);
	child_sees = thd_new(COS_BOOT_COMP, 14, thd_entry, (uint64_t)body_below);
	child_arcv = slot_new();
	below_arcv = slot_new();
	EXPECT(OP(CT, COS_MK_ARCV, child_arcv, child_thd), 0);
	EXPECT(OP(CT, COS_MK_ARCV, below_arcv, child_sees), 0);
	EXPECT(OP(CT, COS_MK_ASND, asnd, below_arcv), 0);
	EXPECT(OP(child_thd, COS_THD_SCHED, 0, tcap), 0);
	EXPECT(OP(child_sees, COS_THD_SCHED, child_thd, tcap), 0);
	EXPECT(OP(child_thd, COS_THD_SCHED, child_sees, 0), -COS_EINVAL);
	EXPECT(OP(child_thd, COS_THD_SCHED, CT, 0), -COS_ECAP);
	EXPECT(OP(child_thd, COS_THD_MOVE, 0), -COS_EBUSY);
	events_of(0);
	shared->nlog = shared->woken = shared->spins = 0;
	/*
	 * It runs its thread, which blocks; gets that event; and blocks itself, which is an event
	 * for us.
	 */
	EXPECT(OP(child_thd, COS_THD_RUN, 0, 0, tcap), 0);
	EXPECT(shared->nlog, 1);
	EXPECT(shared->log[0], 14 << 8 | COS_EVENT_BLOCKED);
	EXPECT(events_of(13), COS_EVENT_BLOCKED);
	/*
	 * An event for the thread below wakes its scheduler thread, which is less urgent than we
	 * are.
	 */
	EXPECT(OP(asnd, COS_ASND), 0);
	EXPECT(sys(&event), 1);
	EXPECT(event.arg[0], 13);
	EXPECT(event.arg[1], COS_EVENT_READY);
	EXPECT(events_of(14), 0);
	EXPECT(shared->woken, 0);
	/* B3: both together run no longer than the time that we give them. */
	EXPECT(OP(HW, COS_HW_TIME, tcap, 1), 0);
	for (unsigned i = 0; i < ROUNDS_MAX && shared->spins == 0; i++) {
		long status = OP(child_thd, COS_THD_RUN, 0, 0, tcap);

		EXPECT(budget_of(tcap), 0);
		if (status == -COS_ETIMEDOUT)
			EXPECT(OP(HW, COS_HW_TIME, tcap, 4 * MS), 0);
	}
	EXPECT(shared->woken, 1);
	EXPECT(shared->log[1], 14 << 8 | COS_EVENT_READY);
	spins = shared->spins;
	EXPECT(spins > 0, true);
	EXPECT(OP(child_thd, COS_THD_RUN, 0, 0, tcap), -COS_ETIMEDOUT);
	EXPECT(shared->spins, spins);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, child_sees), 0);
}

/* Two scheduler threads, one below the other, and a thread of the lower one. */
static uint64_t upper_tcap, lower_tcap, lower_thd, lower_sees;

static void body_lower(uint64_t tid)
{
	(void)tid;
	for (;;)
		OP(lower_sees, COS_THD_SWITCH, 0, 0);
}

/* Hands on its time, a millisecond at a time. */
static void body_upper(uint64_t tid)
{
	(void)tid;
	for (;;) {
		shared->log[0] =
			(uint64_t)OP(upper_tcap, COS_TCAP_TRANSFER, lower_tcap, 1000UL * MS);
		if (OP(upper_tcap, COS_TCAP_TRANSFER, lower_tcap, MS) == 0 &&
		    OP(lower_thd, COS_THD_RUN, 0, 0, lower_tcap) == 0)
			shared->log[1]++;
	}
}

static void test_levels(void)
{
	uint64_t bank = tcap_new(20, 1000UL * MS), given = 0, spins;

	upper_tcap = tcap_new(30, 0);
	lower_tcap = tcap_new(40, 0);
	uint64_t upper_thd = thd_new(COS_BOOT_COMP, 16, thd_entry, (uint64_t)body_upper);
	lower_thd = thd_new(COS_BOOT_COMP, 17, thd_entry, (uint64_t)body_lower);
	lower_sees = thd_new(COS_BOOT_COMP, 18, spin_entry, (uint64_t)&shared->spins);
	EXPECT(OP(upper_thd, COS_THD_SCHED, 0, upper_tcap), 0);
	EXPECT(OP(lower_thd, COS_THD_SCHED, upper_thd, lower_tcap), 0);
	EXPECT(OP(lower_sees, COS_THD_SCHED, lower_thd, lower_tcap), 0);
	EXPECT(OP(upper_thd, COS_THD_SCHED, lower_sees, 0), -COS_EINVAL);
	shared->spins = shared->log[0] = shared->log[1] = 0;
	EXPECT(OP(upper_thd, COS_THD_RUN, 0, 0, upper_tcap), -COS_ETIMEDOUT);
	/* B3: nothing asks it to stop. Its time ends, whichever of the three runs. */
	for (unsigned i = 0; i < ROUNDS_MAX / 10 && (shared->log[1] < 3 || shared->spins == 0);
	     i++) {
		EXPECT(OP(bank, COS_TCAP_TRANSFER, upper_tcap, 5UL * MS), 0);
		given += 5;
		EXPECT(OP(upper_thd, COS_THD_RUN, 0, 0, upper_tcap), 0);
		EXPECT(budget_of(upper_tcap), 0);
		/* B2: it has tried to hand on more than it was given, and has not. */
		EXPECT(shared->log[1] <= given, true);
		EXPECT((int64_t)shared->log[0], -COS_EINVAL);
		EXPECT(budget_of(bank), (1000 - given) * MS);
	}
	EXPECT(shared->log[1] >= 3, true);
	spins = shared->spins;
	EXPECT(spins > 0, true);
	/* Without time none of them runs. */
	EXPECT(OP(upper_thd, COS_THD_RUN, 0, 0, upper_tcap), -COS_ETIMEDOUT);
	EXPECT(shared->spins, spins);
	/* The lower one has its time until that is used up; the event then is the upper one's. */
	EXPECT(OP(bank, COS_TCAP_TRANSFER, lower_tcap, 2UL * MS), 0);
	EXPECT(OP(lower_thd, COS_THD_RUN, 0, 0, lower_tcap), 0);
	EXPECT(budget_of(lower_tcap), 0);
	EXPECT(OP(lower_thd, COS_THD_RUN, 0, 0, lower_tcap), -COS_ETIMEDOUT);
}

/* An event dispatches its receiver on the receiver's time, and not if it has none. */
static void test_activation(void)
{
	uint64_t tcap = tcap_new(1, 0), gift = tcap_new(1, 10UL * MS), asnd = slot_new();
	uint64_t thd = thd_new(COS_BOOT_COMP, 15, thd_entry, (uint64_t)body_below);

	below_arcv = slot_new();
	EXPECT(OP(CT, COS_MK_ARCV, below_arcv, thd), 0);
	EXPECT(OP(CT, COS_MK_ASND, asnd, below_arcv), 0);
	EXPECT(OP(asnd, COS_ASND_TIME, gift, MS), -COS_ECAP); /* it has nothing to put it in */
	EXPECT(OP(thd, COS_THD_SCHED, 0, tcap), 0);
	EXPECT(OP(thd, COS_THD_PRIO, 0), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(events_of(15), COS_EVENT_BLOCKED);
	shared->woken = 0;
	EXPECT(OP(asnd, COS_ASND_TIME, gift, 20UL * MS), -COS_EINVAL);
	EXPECT(events_of(15), 0);
	/* With time, and more urgent than we are: it runs until its time is used up. */
	EXPECT(OP(asnd, COS_ASND_TIME, gift, 10UL * MS), 0);
	EXPECT(budget_of(gift), 0);
	EXPECT(budget_of(tcap), 0);
	EXPECT(shared->woken, 1);
	EXPECT(events_of(15), COS_EVENT_READY);
}

void test_tcap(void)
{
	test_transfer();
	test_budget();
	test_hierarchy();
	test_levels();
	test_activation();
}
