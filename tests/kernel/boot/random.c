/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations by eight threads on up to four cores, in a component that has capabilities of
 * every type, to objects of its own. The kernel must go on, the threads must not gain what they
 * were not given (captbl.h, C3), and afterwards the rest of the system must be as before. In the
 * checked kernel (check.c) all its invariants are tested as well. The command line may say
 * random-ops= (how many in all) and random-seed=. On one core the same seed gives the same
 * operations.
 */
#include <stdatomic.h>
#include "cos/layout.h"
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define OPERATIONS 40000
#define THREADS 8
#define CORES_MAX 4
#define TID 32	  /* and up: the threads */
#define SLOTS 248 /* of the captbl, from COS_CAP_FIRST */
#define PAGES 256 /* in its range */
#define GRANTS 3  /* memory, its captbl, hardware: not to be lost */
#define VA 0x40000000UL
#define WAIT_S 240
#define HW_RIGHTS                                                                                \
	(1 << COS_HW_IRQ_BIND | 1 << COS_HW_IRQ_FREE | 1 << COS_HW_IOPORT | 1 << COS_HW_DEVMEM | \
	 1 << COS_HW_QUIESCE | 1 << COS_HW_TIME)

/* In the shared region, so that all domains have it. */
static volatile struct random {
	_Atomic uint64_t refused, done, ended;
	uint64_t seed, operations; /* of each thread */
	_Atomic uint8_t made[COS_CAP_FIRST + SLOTS];
} *const random = (volatile struct random *)(SHARED_VA + 2048);

static uint64_t thd[THREADS], cores;

static uint64_t random_next(uint64_t *state)
{
	/* xorshift64 (Marsaglia, 2003) */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Mostly small numbers, pages and addresses; at times any number. */
static uint64_t random_argument(uint64_t *state)
{
	uint64_t r = random_next(state);

	switch (r % 10) {
	case 0:
		return random_next(state);
	case 1:
		return (r >> 8) % 3 ? VA + (r >> 10) % 8 * COS_PAGE_SIZE : 0;
	case 2:
	case 3:
	case 4:
		return cos_mem(COS_CAP_FIRST, (r >> 8) % PAGES);
	case 5:
		return (r >> 8) % 32;
	case 6:
		return 1UL << (r >> 8) % 64;
	case 7:
		return UINT64_MAX - (r >> 8) % 32;
	default:
		return COS_CAP_FIRST + (r >> 8) % SLOTS;
	}
}

/* A slot with a capability that the operation has made; it may be gone by now. */
static uint64_t random_made(uint64_t *state, unsigned operation)
{
	uint64_t slot = COS_CAP_FIRST;

	for (unsigned i = 0; i < 8; i++) {
		slot = COS_CAP_FIRST + random_next(state) % SLOTS;
		if (random->made[slot] == operation)
			break;
	}
	return slot;
}

static void random_captbl(uint64_t *state, struct sys *s)
{
	static const unsigned needs[][6] = {
		[COS_MK_COMP - COS_MK_CAPTBL] = {0, 0, COS_MK_CAPTBL, COS_MK_PGTBL},
		[COS_MK_THD - COS_MK_CAPTBL] = {0, 0, COS_MK_COMP},
		[COS_MK_SINV - COS_MK_CAPTBL] = {0, COS_MK_COMP},
		[COS_MK_ARCV - COS_MK_CAPTBL] = {0, COS_MK_THD},
		[COS_MK_ASND - COS_MK_CAPTBL] = {0, COS_MK_ARCV},
		[COS_MK_TCAP - COS_MK_CAPTBL] = {0},
	};
	uint64_t r = random_next(state), op = COS_MK_CAPTBL + (r >> 8) % 8;

	if (r % 3 == 0)
		op = COS_CAPTBL_REMOVE;
	else if (r % 16 == 1)
		op = (const unsigned[]){COS_CAPTBL_EXTEND, COS_CAPTBL_COPY, COS_CAPTBL_DELEGATE,
					COS_CAPTBL_DELEGATE}[r >> 16 & 3];
	s->call = COS_OP(COS_CAP_FIRST + 1UL, op);
	s->arg[0] = COS_CAP_FIRST + GRANTS + random_next(state) % (SLOTS - GRANTS);
	if (op < COS_MK_CAPTBL) {
		if (op == COS_CAPTBL_COPY || op == COS_CAPTBL_DELEGATE) {
			s->arg[1] = COS_CAP_FIRST + 1UL;
			s->arg[2] = COS_CAP_FIRST + random_next(state) % SLOTS;
			s->arg[3] = COS_RIGHTS_ALL;
		}
		return;
	}
	s->arg[1] = cos_mem(COS_CAP_FIRST, random_next(state) % PAGES);
	if (op == COS_MK_PGTBL)
		s->arg[2] = r >> 20 & 1 ? 4 : 1 + (r >> 21) % 3;
	if (op == COS_MK_THD)
		s->arg[3] = 1000;
	if (op == COS_MK_SINV || op == COS_MK_THD)
		s->arg[op == COS_MK_SINV ? 2 : 4] = 0x1000;
	for (unsigned i = 1; i < 6; i++)
		if (needs[op - COS_MK_CAPTBL][i])
			s->arg[i] = random_made(state, needs[op - COS_MK_CAPTBL][i]);
}

/* An operation that is likely to succeed, so that objects are made, used and removed. */
static void random_sense(uint64_t *state, struct sys *s)
{
	uint64_t r = random_next(state),
		 slot = COS_CAP_FIRST + GRANTS + (r >> 8) % (SLOTS - GRANTS);

	if (r % 4 == 0) {
		s->call = COS_OP(COS_CAP_FIRST + 0UL, COS_MEM_RETYPE);
		s->arg[0] = (r >> 8) % PAGES;
		s->arg[1] = 1 + (r >> 16) % 4;
		s->arg[2] = r >> 24 & 1 ? COS_MEM_KERNEL : COS_MEM_USER;
		return;
	}
	if (r % 4 < 3) {
		random_captbl(state, s);
		return;
	}
	switch (atomic_load(&random->made[slot])) {
	case COS_MK_PGTBL:
		s->call = COS_OP(slot, (r >> 16) % 6);
		s->arg[0] = r >> 24 & 1 ? 0 : (r >> 25) % 8 * COS_PAGE_SIZE;
		if ((s->call & 0xffff) == COS_PGTBL_LINK)
			s->arg[1] = random_made(state, COS_MK_PGTBL);
		s->arg[2] = 1 + (r >> 32) % 8;
		break;
	case COS_MK_COMP:
		s->call = COS_OP(slot, (r >> 16) % 5);
		s->arg[0] = r >> 24 & 1 ? 0 : random_made(state, COS_MK_SINV);
		break;
	case COS_MK_THD:
		s->call = COS_OP(slot, (r >> 16) % 6);
		s->arg[0] = (r >> 24) % CORES_MAX;
		s->arg[1] = 0;
		if ((s->call & 0xffff) == COS_THD_SCHED) {
			s->arg[0] = r >> 32 & 1 ? 0 : random_made(state, COS_MK_THD);
			s->arg[1] = r >> 33 & 1 ? 0 : random_made(state, COS_MK_TCAP);
		}
		s->arg[2] = random_made(state, COS_MK_TCAP);
		break;
	case COS_MK_TCAP:
		s->call = r >> 16 & 1 ? COS_OP(COS_CAP_FIRST + 2UL, COS_HW_TIME)
				      : COS_OP(slot, COS_TCAP_TRANSFER);
		s->arg[0] = r >> 16 & 1 ? slot : random_made(state, COS_MK_TCAP);
		s->arg[1] = (r >> 24) % 100000;
		break;
	default:
		s->call = COS_OP(slot, (r >> 16) % 3);
	}
}

/* Runs in the component. */
static void random_body(uint64_t tid)
{
	uint64_t state = random->seed + tid * 0x9e3779b97f4a7c15;

	for (uint64_t i = 0; i < random->operations; i++) {
		uint64_t cap = random_next(&state) % (COS_CAP_FIRST + SLOTS);
		uint64_t op = random_next(&state) % 4 ? random_next(&state) % 24
						      : random_next(&state) % 0x10000;
		struct sys s = {COS_OP(cap, op), {0}};
		uint64_t slot, call;
		long status;

		if (random_next(&state) % 16 == 0)
			s.call = random_next(&state) | COS_OP(COS_CAP_FIRST, 0);
		for (unsigned a = 0; a < 6; a++)
			s.arg[a] = random_argument(&state);
		if (random_next(&state) % 4)
			random_sense(&state, &s);
		/* Keep what is needed to go on, and this thread. */
		if (((s.call & 0xffff) == COS_CAPTBL_REMOVE && s.arg[0] < COS_CAP_FIRST + GRANTS) ||
		    s.call == COS_SRET)
			continue;
		slot = s.arg[0];
		call = s.call;
		status = sys(&s);
		if (status >= 0)
			random->done++;
		else
			random->refused++;
		if (status == 0 && call >> 16 == COS_CAP_FIRST + 1 && slot < COS_CAP_FIRST + SLOTS)
			random->made[slot] = call & 0xffff;
	}
	random->ended++;
}

/*
 * Each core runs its threads in turn. They may switch to threads that they have made, which die at
 * once.
 */
static void random_core(unsigned c)
{
	uint64_t start = tsc();
	bool more = true;

	while (more && tsc() - start < WAIT_S * TSC_HZ) {
		more = false;
		for (unsigned i = c; i < THREADS; i += cores) {
			more |= op_once(thd[i], COS_THD_SWITCH, tsc() + TSC_HZ / 500, 0) !=
				-COS_EDEAD;
			core_events(c);
		}
	}
}

static void random_grant(uint64_t captbl, uint64_t part)
{
	const struct {
		uint64_t slot, rights;
	} grants[GRANTS] = {
		{part, COS_RIGHTS_ALL}, {captbl, COS_RIGHTS_ALL}, {COS_BOOT_HW, HW_RIGHTS}};

	for (unsigned i = 0; i < GRANTS; i++)
		EXPECT(OP(captbl, COS_CAPTBL_COPY, COS_CAP_FIRST + i, CT, grants[i].slot,
			  grants[i].rights),
		       0);
}

/* C3: no memory but its range, and no more rights to the hardware than it had. */
static void random_gained(uint64_t captbl, uint64_t part)
{
	struct sys first = {COS_OP(part, COS_MEM_PADDR), {0}};
	uint64_t copy = slot_new();

	EXPECT(sys(&first), 0);
	for (uint64_t slot = COS_CAP_FIRST; slot < COS_CAP_FIRST + SLOTS; slot++) {
		if (OP(CT, COS_CAPTBL_COPY, copy, captbl, slot, COS_RIGHTS_ALL))
			continue;
		/*
		 * For capabilities of other types this number is another operation, without a
		 * result.
		 */
		for (uint64_t i = 1; i < 2 * PAGES; i++) {
			struct sys s = {COS_OP(copy, COS_MEM_PADDR), {i, 0, 0}};

			if (sys(&s) == 0 && s.arg[0] != i && s.arg[1] != COS_MEM_DEVICE)
				EXPECT(s.arg[0] - first.arg[0] < PAGES * COS_PAGE_SIZE, true);
		}
		EXPECT(op_once(copy, COS_HW_LOG, 0, 0) < 0, true);
		(void)OP(CT, COS_CAPTBL_REMOVE, copy);
		copy = slot_new();
	}
}

static void random_run(void)
{
	uint64_t start = tsc(), reported = 0, all = random->operations * THREADS;

	for (unsigned c = 1; c < cores; c++)
		core_run(c, random_core);
	random_core(0);
	while (random->ended < THREADS && tsc() - start < WAIT_S * TSC_HZ) {
		nap();
		if (tsc() - reported < TSC_HZ * 5)
			continue;
		reported = tsc();
		print("random: %lu of %lu\n", random->refused + random->done, all);
	}
	cores_wait();
	EXPECT(random->ended, THREADS);
}

void test_random(void)
{
	uint64_t part = slot_new(), npages = bootinfo->range[0].npages;
	struct domain d;

	cores = cores_used() < CORES_MAX ? cores_used() : CORES_MAX;
	random->seed = option("random-seed=", tsc() & UINT32_MAX);
	random->operations = option("random-ops=", OPERATIONS) / THREADS;
	random->ended = random->done = random->refused = 0;
	print("random: random-seed=%lu\n", random->seed);
	domain_make(&d, 30);
	EXPECT(OP(COS_BOOT_UNTYPED, COS_MEM_SPLIT, CT, part, npages - 4096, PAGES), 0);
	for (uint64_t i = COS_CAPTBL_LEAF; i < SLOTS; i += COS_CAPTBL_LEAF)
		EXPECT(OP(d.captbl, COS_CAPTBL_EXTEND, i, page_kernel()), 0);
	random_grant(d.captbl, part);
	events_of(0);
	for (unsigned i = 0; i < THREADS; i++) {
		thd[i] = thd_new(d.comp, TID + i, thd_entry, (uint64_t)random_body);
		EXPECT(op_once(thd[i], COS_THD_MOVE, i % cores, 0), 0);
	}
	random_run();
	print("random: %lu refused, %lu done\n", random->refused, random->done);
	EXPECT(random->done > random->operations * THREADS / 100, true);
	random_gained(d.captbl, part);
	/* The rest of the system still works. */
	test_sinv();
	test_pgtbl();
	test_switch();
}
