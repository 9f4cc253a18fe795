/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads, timeouts, events, the FPU (core.h, D2 to D7; arcv.h, E1, E2). Our thread is the core's
 * scheduler thread.
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define FPU_ROUNDS 200
#define SLICES_MAX 10000
#define MS (TSC_HZ / 1000)

static void body_log(uint64_t tid)
{
	shared->log[shared->nlog++ % 8] = tid;
	OP(COS_BOOT_THD, COS_THD_SWITCH, 0, 0);
	shared->log[shared->nlog++ % 8] = tid + 100;
}

void test_switch(void)
{
	uint64_t thd = thd_new(COS_BOOT_COMP, 6, thd_entry, (uint64_t)body_log);
	uint64_t token;
	struct sys s;

	events_of(0);
	shared->nlog = 0;
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(shared->nlog, 1);
	EXPECT(shared->log[0], 6);
	EXPECT(events_of(6), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(shared->nlog, 2);
	EXPECT(shared->log[1], 106);
	/* It returned, so it is dead, which has changed the token (D4). */
	s = (struct sys){COS_OP(sched_arcv, COS_SCHED_EVENT), {0}};
	EXPECT(sys(&s), 1);
	EXPECT(s.arg[0], 6);
	EXPECT(s.arg[1], COS_EVENT_DEAD);
	token = s.arg[2];
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), -COS_EDEAD);
	EXPECT(op_once(thd, COS_THD_SWITCH, 0, token - 1), -COS_EAGAIN);
	EXPECT(OP(COS_BOOT_THD, COS_THD_SWITCH, 0, token), 0);
	EXPECT(OP(thd, 9), -COS_ENOSYS);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, thd), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), -COS_ECAP);
}

void test_timer(void)
{
	uint64_t a = thd_new(COS_BOOT_COMP, 7, spin_entry, (uint64_t)&shared->spins);
	uint64_t start = tsc(), before;
	unsigned progress = 0;

	/* D6: a thread that never yields is preempted, not too early, and goes on where it was. */
	shared->spins = 0;
	for (unsigned i = 0; i < SLICES_MAX && progress < 10; i++) {
		before = shared->spins;
		start = tsc();
		EXPECT(OP(a, COS_THD_SWITCH, start + 2 * MS, 0), 0);
		EXPECT(tsc() >= start + 2 * MS, true);
		/* On a busy host a slice may pass without the CPU having run at all. */
		progress += shared->spins > before;
	}
	EXPECT(progress, 10);
	EXPECT(events_of(7), 0); /* none died */
	/* A time in the past. */
	EXPECT(OP(a, COS_THD_SWITCH, 1, 0), 0);
	/* Idle until a time. */
	start = tsc();
	EXPECT(OP(COS_BOOT_HW, COS_HW_IDLE, start + 3 * MS), 0);
	EXPECT(tsc() >= start + 3 * MS, true);
}

static uint64_t ev_arcv;

static void body_receive(uint64_t tid)
{
	for (;;) {
		shared->log[shared->nlog++ % 8] = (uint64_t)OP(ev_arcv, COS_ARCV_WAIT, 0);
		(void)tid;
	}
}

void test_events(void)
{
	uint64_t thd = thd_new(COS_BOOT_COMP, 8, thd_entry, (uint64_t)body_receive);
	uint64_t asnd = slot_new();

	ev_arcv = slot_new();
	EXPECT(OP(CT, COS_MK_ARCV, ev_arcv, thd), 0);
	EXPECT(OP(CT, COS_MK_ARCV, slot_new(), thd), -COS_EEXIST);
	EXPECT(OP(CT, COS_MK_ARCV, slot_new(), CT), -COS_ECAP);
	EXPECT(OP(CT, COS_MK_ASND, asnd, ev_arcv), 0);
	EXPECT(OP(CT, COS_MK_ASND, slot_new(), thd), -COS_ECAP);
	EXPECT(OP(ev_arcv, COS_ARCV_WAIT, 0), -COS_EPERM);
	EXPECT(OP(ev_arcv, COS_SCHED_EVENT), 0);
	EXPECT(OP(sched_arcv, COS_ARCV_WAIT, 2), -COS_EINVAL);
	EXPECT(OP(sched_arcv, COS_ARCV_WAIT, COS_ARCV_POLL), 0);
	EXPECT(OP(sched_arcv, 7), -COS_ENOSYS);
	EXPECT(OP(asnd, COS_ASND_TIME), -COS_ECAP);
	EXPECT(OP(asnd, 2), -COS_ENOSYS);
	events_of(0);
	shared->nlog = 0;
	/* Counted before it ever waits; then it blocks, and we run. */
	EXPECT(OP(asnd, COS_ASND), 0);
	EXPECT(OP(asnd, COS_ASND), 0);
	EXPECT(events_of(8), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(shared->nlog, 1);
	EXPECT(shared->log[0], 2);
	EXPECT(events_of(8), COS_EVENT_BLOCKED);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), -COS_EBUSY);
	/* Less urgent than we are: ready, but does not run. */
	EXPECT(OP(asnd, COS_ASND), 0);
	EXPECT(shared->nlog, 1);
	EXPECT(OP(COS_BOOT_HW, COS_HW_IDLE, 0), 0); /* an event waits: returns at once */
	/* D4: decided before that event */
	EXPECT(op_once(COS_BOOT_HW, COS_HW_IDLE, 0, UINT64_MAX), -COS_EAGAIN);
	EXPECT(events_of(8), COS_EVENT_READY);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(shared->nlog, 2);
	EXPECT(shared->log[1], 1);
	EXPECT(events_of(8), COS_EVENT_BLOCKED);
	/* More urgent than we are: runs at once, and blocks again before we go on. */
	EXPECT(OP(thd, COS_THD_PRIO, SCHED_PRIO - 1), 0);
	EXPECT(OP(asnd, COS_ASND), 0);
	EXPECT(shared->nlog, 3);
	EXPECT(shared->log[2], 1);
	EXPECT(events_of(8), COS_EVENT_BLOCKED);
	/* The end-point goes with the last capability to it. */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, ev_arcv), 0);
	EXPECT(OP(asnd, COS_ASND), -COS_EDEAD);
}

void test_fpu(void)
{
	uint64_t a = thd_new(COS_BOOT_COMP, 9, fpu_entry, 0x1111);
	uint64_t b = thd_new(COS_BOOT_COMP, 10, fpu_entry, 0x22222222);

	shared->fpu_yield = COS_OP(COS_BOOT_THD, COS_THD_SWITCH);
	shared->fpu_rounds = shared->fpu_bad = 0;
	for (unsigned i = 0; i < FPU_ROUNDS; i++) {
		EXPECT(OP(a, COS_THD_SWITCH, 0, 0), 0);
		EXPECT(OP(b, COS_THD_SWITCH, 0, 0), 0);
	}
	EXPECT(shared->fpu_bad, 0);
	EXPECT(shared->fpu_rounds, 2 * FPU_ROUNDS - 2);
}
