/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations, from a component of its own that holds capabilities of every type, at objects
 * of its own. Nothing is expected but that the kernel goes on, and that afterwards everything still
 * works.
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define OPERATIONS 40000
#define SEED 20240607
#define SLOTS 56 /* of the victim's captbl, from COS_CAP_FIRST */

static uint64_t state;

static uint64_t random_next(void)
{
	/* xorshift64 (Marsaglia, 2003) */
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Mostly small numbers, pages and addresses, and now and then anything. */
static uint64_t random_argument(uint64_t untyped)
{
	uint64_t r = random_next();

	switch (r % 10) {
	case 0:
		return random_next();
	case 1:
		return (r >> 8) % 3 ? 0x40000000 + (r >> 10) % 8 * 0x1000 : 0;
	case 2:
	case 3:
	case 4:
		return cos_mem(untyped, (r >> 8) % 64);
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

/* The victim's capabilities are ours, reached by capabilities for them in our own table. */
static void random_grant(uint64_t captbl, uint64_t part)
{
	const struct {
		uint64_t slot, rights;
	} grants[] = {{part, COS_RIGHTS_ALL},
		      {captbl, COS_RIGHTS_ALL},
		      {COS_BOOT_HW, 1 << COS_HW_IRQ_BIND | 1 << COS_HW_IRQ_FREE |
					    1 << COS_HW_IOPORT | 1 << COS_HW_DEVMEM}};

	for (unsigned i = 0; i < 3; i++)
		EXPECT(OP(captbl, COS_CAPTBL_COPY, COS_CAP_FIRST + i, CT, grants[i].slot,
			  grants[i].rights),
		       0);
}

/* Three of four times arguments that make some sense for the capability, so that objects come to
 * be. */
static void random_sense(struct sys *s, uint64_t cap)
{
	if (random_next() % 4 == 0)
		return;
	if (cap == COS_CAP_FIRST) {
		s->arg[0] = random_next() % 64;
		s->arg[1] = 1 + random_next() % 8;
		s->arg[2] = random_next() % 3;
	} else if (cap == COS_CAP_FIRST + 1) {
		s->arg[0] = COS_CAP_FIRST + 3 + random_next() % (SLOTS - 3);
		if (random_next() % 2)
			s->arg[1] = cos_mem(COS_CAP_FIRST, random_next() % 64);
		else
			s->arg[1] = COS_CAP_FIRST + random_next() % SLOTS;
		s->arg[2] = random_next() % 2 ? 1 + random_next() % 4
					      : COS_CAP_FIRST + random_next() % SLOTS;
		s->arg[3] = COS_CAP_FIRST + random_next() % SLOTS;
	} else {
		s->arg[0] = random_next() % 2 ? 0 : 0x40000000;
		s->arg[2] = 1 + random_next() % 8;
	}
}

/* Runs in the victim. */
static void random_body(uint64_t tid)
{
	(void)tid;
	state = SEED;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t cap = COS_CAP_FIRST + random_next() % (random_next() % 2 ? 3 : SLOTS);
		uint64_t op = random_next() % 4 ? random_next() % 24 : random_next() % 0x10000;
		struct sys s = {COS_OP(cap, op), {0}};
		uint64_t untyped = COS_CAP_FIRST;

		if (random_next() % 16 == 0)
			s.call = random_next() | COS_OP(COS_CAP_FIRST, 0);
		for (unsigned a = 0; a < 6; a++)
			s.arg[a] = random_argument(untyped);
		random_sense(&s, cap);
		/* Not the loss of what is needed to go on, nor the end of this thread. */
		if ((s.call & 0xffff) == COS_CAPTBL_REMOVE && s.arg[0] < COS_CAP_FIRST + 3)
			continue;
		if (s.call == COS_SRET)
			continue;
		shared->log[sys(&s) >= 0]++;
	}
	shared->woken = 1;
}

void test_random(void)
{
	struct domain d;
	uint64_t part = slot_new(), thd, npages = bootinfo->range[0].npages, tid = 11;
	unsigned rounds = 0;

	print("random: seed %lu\n", (uint64_t)SEED);
	domain_make(&d, 30);
	EXPECT(OP(COS_BOOT_UNTYPED, COS_MEM_SPLIT, CT, part, npages - 4096, 64), 0);
	random_grant(d.captbl, part);
	thd = thd_new(d.comp, tid, thd_entry, (uint64_t)random_body);
	shared->woken = shared->log[0] = shared->log[1] = 0;
	events_of(0);
	/* It may switch to threads that it makes, which die at once: dispatch it until it is done.
	 */
	while (!shared->woken && rounds++ < 100000) {
		uint64_t now;
		long status;

		__asm__ volatile("rdtsc; shl $32, %%rdx; or %%rdx, %0" : "=a"(now) : : "rdx");
		status = OP(thd, COS_THD_SWITCH, now + 20000000, 0);
		if (status == -COS_EDEAD)
			break;
		events_of(0);
	}
	EXPECT(shared->woken, 1);
	print("random: %lu refused, %lu done\n", shared->log[0], shared->log[1]);
	EXPECT(shared->log[1] > 100, true);
	/* The rest of the system is as it was. */
	test_sinv();
	test_pgtbl();
	test_switch();
}
