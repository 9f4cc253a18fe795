/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many cores: what one core takes away, the others are using. Every wait is bounded, by a time in
 * which a working kernel is done many times over.
 *
 *	cores		starting them (smp.c), and D1
 *	send, move	events between cores (core.h, E3 to E5, D1)
 *	restart		stop and start under invocations (comp.h, L1, L2, L4)
 *	revoke, revoke-all	capabilities and their children (captbl.h, C1, C5)
 *	remap, quiesce	pages and translations (mem.h, M1 to M3; pgtbl.h, P5; quiesce.h, Q1 to Q5)
 *	destroy		a thread that ends while events are sent to it (core.h, E3; mem.h, M4)
 */
#include <stdatomic.h>
#include "cos/layout.h"
#include "service/boot/cores.h"
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define HW COS_BOOT_HW
#define UNTYPED COS_BOOT_UNTYPED
#define NO_CORE 0x77	       /* an APIC id that no core has */
#define PHYSICAL_VA 0x30000000 /* where ACPI's tables are mapped */
#define RW (COS_PG_READ | COS_PG_WRITE)
#define WAIT_S 60
/*
 * Rounds of a test: so many, and then as many as there is time for. An emulator's cores are slow.
 */
#define ROUNDS_MIN 20
#define ROUNDS_S 3
#define TID 16	     /* + core: of that core's scheduler thread */
#define TID_OTHER 24 /* of the one other thread that a test has */

static struct core {
	uint64_t thd, arcv, asnd;
	void (*_Atomic run)(unsigned core);
	_Atomic uint64_t started, wrong, done;
} core[CORES];
static _Atomic bool stop;
static _Atomic uint64_t received;

static unsigned core_now(void)
{
	uint32_t aux;

	__asm__ volatile("rdtscp" : "=c"(aux) : : "rax", "rdx");
	return aux;
}

static unsigned ncores;

unsigned cores_used(void)
{
	return ncores < CORES ? ncores : CORES;
}

static const uint8_t *physical(uint64_t pa, size_t len)
{
	static uint64_t va = PHYSICAL_VA;
	const struct domain self = {CT, COS_BOOT_PGTBL, COS_BOOT_COMP};
	uint64_t dev = slot_new(), start = pa & -(uint64_t)COS_PAGE_SIZE, npages, base = va;

	npages = (pa - start + len + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE;
	if (OP(HW, COS_HW_DEVMEM, CT, dev, start, npages))
		return NULL;
	for (uint64_t i = 0; i < npages; i++, va += COS_PAGE_SIZE)
		domain_map(&self, va, cos_mem(dev, i), COS_PG_READ);
	return (const uint8_t *)base + (pa - start);
}

static uint64_t core_memory(void)
{
	uint64_t first = page_kernel();

	for (unsigned i = 1; i < COS_CORE_PAGES; i++)
		page_kernel();
	return first;
}

static void core_failed(uint32_t apic_id, long error)
{
	print("FAIL core with APIC id %lu: %ld\n", (uint64_t)apic_id, error);
}

void cores_setup(void)
{
	const struct cores_host host = {physical, core_memory, TSC_HZ, core_failed};

	ncores = cores_start(bootinfo, &host);
}

bool core_runs(unsigned c)
{
	return core[c].run != NULL;
}

void core_run(unsigned c, void (*run)(unsigned core))
{
	core[c].run = run;
	EXPECT(op_once(core[c].asnd, COS_ASND, 0, 0), 0);
}

void core_events(unsigned c)
{
	struct sys s = {COS_OP(c ? core[c].arcv : sched_arcv, COS_SCHED_EVENT), {0}};

	while (sys(&s) > 0)
		;
	op_once(c ? core[c].arcv : sched_arcv, COS_ARCV_WAIT, COS_ARCV_POLL, 0);
}

void nap(void)
{
	core_events(0);
	op_once(HW, COS_HW_IDLE, tsc() + TSC_HZ / 1000, 0);
}

static bool in_time(uint64_t start)
{
	return tsc() - start < WAIT_S * TSC_HZ;
}

static bool another_round(unsigned done, unsigned max, uint64_t start)
{
	return done < max && (done < ROUNDS_MIN || tsc() - start < ROUNDS_S * TSC_HZ);
}

void cores_wait(void)
{
	uint64_t start = tsc();

	for (unsigned c = 1; c < cores_used(); c++)
		while (core_runs(c) && in_time(start))
			nap();
	for (unsigned c = 1; c < cores_used(); c++)
		EXPECT(core_runs(c), false);
}

static void all_run(void (*run)(unsigned core))
{
	for (unsigned c = 1; c < cores_used(); c++) {
		core[c].done = core[c].wrong = 0;
		core_run(c, run);
	}
}

/* Stop the cores. Each must have done something, and nothing wrong. */
static void all_stop(void)
{
	uint64_t start = tsc();

	for (unsigned c = 1; c < cores_used(); c++)
		while (!core[c].done && in_time(start))
			nap();
	stop = true;
	cores_wait();
	stop = false;
	for (unsigned c = 1; c < cores_used(); c++) {
		EXPECT(core[c].done != 0, true);
		EXPECT(core[c].wrong, 0);
	}
}

/* The scheduler thread of a core. */
static void core_body(uint64_t tid)
{
	struct core *c = &core[tid - TID];
	struct sys s = {COS_OP(COS_CAP_SELF, COS_SELF_ID), {0}};

	if (sys(&s) != (long)tid || s.arg[0] != tid - TID || core_now() != tid - TID)
		c->wrong++;
	c->started = 1;
	for (;;) {
		void (*run)(unsigned) = c->run;

		if (run) {
			run((unsigned)(tid - TID));
			c->run = NULL;
		}
		op_once(c->arcv, COS_ARCV_WAIT, 0, 0);
		op_once(HW, COS_HW_IDLE, c->run ? 1 : 0, 0);
	}
}

static void nothing(unsigned c)
{
	core[c].done++;
}

static void core_start(unsigned c)
{
	core[c].thd = thd_new(COS_BOOT_COMP, TID + c, thd_entry, (uint64_t)core_body);
	core[c].arcv = slot_new();
	core[c].asnd = slot_new();
	EXPECT(OP(CT, COS_MK_ARCV, core[c].arcv, core[c].thd), 0);
	EXPECT(OP(CT, COS_MK_ASND, core[c].asnd, core[c].arcv), 0);
	EXPECT(op_once(core[c].thd, COS_THD_MOVE, c, 0), 0);
	EXPECT(op_once(HW, COS_HW_SCHED, core[c].thd, core[c].arcv), 0);
	/* An event before it has run at all. */
	EXPECT(op_once(core[c].asnd, COS_ASND, 0, 0), 0);
	/* Its next scheduler thread only itself can set. */
	EXPECT(op_once(HW, COS_HW_SCHED, core[c].thd, core[c].arcv), -COS_ECORE);
}

/*
 * Events from all cores to one thread, which counts what it gets (E3 to E5). It is a scheduler
 * thread, another thread that waits, or one that polls.
 */
#define SENDS 2000
static uint64_t send_asnd, recv_arcv, recv_thd, recv_mode;
static _Atomic uint64_t sent;

static void send_body(unsigned c)
{
	for (unsigned i = 0; i < SENDS; i++) {
		core[c].wrong += op_once(send_asnd, COS_ASND, 0, 0) != 0;
		sent++;
	}
	core[c].done++;
}

static uint64_t recv_expected(void)
{
	return SENDS * (uint64_t)(cores_used() - 1);
}

static void recv_body(uint64_t tid)
{
	(void)tid;
	while (received < recv_expected())
		received += (uint64_t)op_once(recv_arcv, COS_ARCV_WAIT, recv_mode, 0);
}

/* Run the receiver, a thread of this core, until it has returned. */
static void recv_dispatch(unsigned c)
{
	uint64_t start = tsc(), now = start;
	long status = 0;

	while (status != -COS_EDEAD && in_time(start)) {
		core_events(c);
		now = tsc();
		status = op_once(recv_thd, COS_THD_SWITCH, now + TSC_HZ / 500, 0);
		if (status == -COS_EBUSY)
			op_once(HW, COS_HW_IDLE, now + TSC_HZ / 500, 0);
	}
	core[c].wrong += status != -COS_EDEAD;
	core[c].done++;
}

static void recv_make(void (*body)(uint64_t tid), uint64_t prio)
{
	recv_thd = thd_new(COS_BOOT_COMP, TID_OTHER, thd_entry, (uint64_t)body);
	recv_arcv = slot_new();
	send_asnd = slot_new();
	EXPECT(OP(CT, COS_MK_ARCV, recv_arcv, recv_thd), 0);
	EXPECT(OP(CT, COS_MK_ASND, send_asnd, recv_arcv), 0);
	EXPECT(op_once(recv_thd, COS_THD_PRIO, prio, 0), 0);
	received = sent = 0;
}

/* A waiting thread of a core without a scheduler thread, and an event for it. */
static void early_body(uint64_t tid)
{
	(void)tid;
	received += (uint64_t)op_once(recv_arcv, COS_ARCV_WAIT, 0, 0);
}

static void early_send(void)
{
	recv_make(early_body, 0);
	EXPECT(op_once(recv_thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(op_once(recv_thd, COS_THD_MOVE, 1, 0), 0);
	EXPECT(op_once(send_asnd, COS_ASND, 0, 0), 0);
	for (unsigned i = 0; i < 20; i++)
		nap();
}

/* A refused COS_HW_CORE_INIT leaves the pages as they were. */
static void core_refused(void)
{
	uint64_t mem = page_kernel();

	page_new(COS_MEM_USER);
	EXPECT(op_once(HW, COS_HW_CORE_INIT, NO_CORE, mem), -COS_ETYPE);
	EXPECT(OP(HW, COS_HW_CORE_INIT, NO_CORE, mem), -COS_ETYPE);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, mem & 0xffffff, 1, COS_MEM_USER), 0);
	EXPECT(op_once(HW, COS_HW_CORE_INIT, 0, core_memory()), -COS_EEXIST);
	EXPECT(op_once(HW, COS_HW_CORE_STARTUP, 1, 0), ncores);
}

void test_cores(void)
{
	uint64_t start = tsc();

	print("cores: %lu of %lu\n", (uint64_t)cores_used(), (uint64_t)ncores);
	EXPECT(core_now(), 0);
	core_refused();
	if (cores_used() > 1)
		early_send();
	for (unsigned c = 1; c < cores_used(); c++)
		core_start(c);
	for (unsigned c = 1; c < cores_used(); c++) {
		while (!core[c].started && in_time(start))
			nap();
		EXPECT(core[c].started, 1);
		EXPECT(core[c].wrong, 0);
		EXPECT(op_once(core[c].thd, COS_THD_SWITCH, 0, 0), -COS_ECORE);
		EXPECT(op_once(core[c].thd, COS_THD_MOVE, 0, 0), -COS_ECORE);
		EXPECT(op_once(core[c].thd, COS_THD_GATE, 0, 0), -COS_ECORE);
	}
	all_run(nothing);
	all_stop();
	if (cores_used() == 1)
		return;
	core_run(1, recv_dispatch);
	cores_wait();
	EXPECT(received, 1);
}

/* All cores but the receiver's send, core 0 too unless it is the receiver's. */
static void send_to(unsigned c, uint64_t mode, uint64_t prio)
{
	recv_make(recv_body, prio);
	recv_mode = mode;
	if (c)
		EXPECT(op_once(recv_thd, COS_THD_MOVE, c, 0), 0);
	for (unsigned i = 1; i < cores_used(); i++) {
		core[i].done = core[i].wrong = 0;
		core_run(i, i == c ? recv_dispatch : send_body);
	}
	core[0].done = core[0].wrong = 0;
	if (c)
		send_body(0);
	else
		recv_dispatch(0);
	cores_wait();
	for (unsigned i = 0; i < cores_used(); i++)
		EXPECT(core[i].wrong, 0);
	EXPECT(sent, recv_expected());
	EXPECT(received, recv_expected());
}

void test_send(void)
{
	uint64_t got = 0, start = tsc();

	if (cores_used() == 1)
		return;
	/* To this core's scheduler thread, which idles in between. */
	send_asnd = slot_new();
	EXPECT(OP(CT, COS_MK_ASND, send_asnd, sched_arcv), 0);
	op_once(sched_arcv, COS_ARCV_WAIT, COS_ARCV_POLL, 0);
	sent = 0;
	all_run(send_body);
	while (got < recv_expected() && in_time(start)) {
		events_of(0);
		got += (uint64_t)op_once(sched_arcv, COS_ARCV_WAIT, 0, 0);
		op_once(HW, COS_HW_IDLE, tsc() + TSC_HZ, 0);
	}
	EXPECT(got, recv_expected());
	all_stop();
	for (unsigned c = 0; c < cores_used() && c < 3; c++) {
		send_to(c, 0, 0);	      /* at once, when it waits */
		send_to(c, 0, UINT64_MAX);    /* when its scheduler sees to it */
		send_to(c, COS_ARCV_POLL, 0); /* while it runs */
	}
}

/*
 * A thread that the cores' scheduler threads move from core to core (D1, E5). On each it looks
 * where it is and whether its FPU registers have come along; meanwhile core 0 sends events to it.
 */
#define MOVES 400
#define MOVE_PATTERN 0x1234567890abcdefUL
static _Atomic uint64_t move_count, move_owner, move_wrong, move_sent;
static _Atomic bool move_over;

static void move_body(uint64_t tid)
{
	(void)tid;
	__asm__ volatile("movq %0, %%xmm9" : : "r"(MOVE_PATTERN));
	for (;;) {
		uint64_t word;

		__asm__ volatile("movq %%xmm9, %0" : "=r"(word));
		move_wrong += core_now() != move_owner || word != MOVE_PATTERN;
		received += (uint64_t)op_once(recv_arcv, COS_ARCV_WAIT, COS_ARCV_POLL, 0);
		if (++move_count > MOVES && received >= move_sent) {
			move_over = true;
			return;
		}
		op_once(core_now() ? core[core_now()].thd : COS_BOOT_THD, COS_THD_SWITCH, 0, 0);
	}
}

static void move_on(unsigned c)
{
	while (!move_over) {
		unsigned to = c + 1 == cores_used() ? 1 : c + 1;

		if (move_owner != c) {
			__asm__ volatile("pause");
			continue;
		}
		core[c].wrong += op_once(recv_thd, COS_THD_SWITCH, 0, 0) != 0;
		if (move_over)
			break;
		core[c].wrong += op_once(core[c].thd, COS_THD_MOVE, to, 0) != -COS_EBUSY;
		if (to != c)
			core[c].wrong += op_once(recv_thd, COS_THD_MOVE, to, 0) != 0;
		move_owner = to;
	}
	core[c].done++;
}

void test_move(void)
{
	uint64_t start = tsc(), events = 0;

	recv_make(move_body, 0);
	EXPECT(op_once(recv_thd, COS_THD_MOVE, ncores, 0), -COS_EINVAL);
	EXPECT(op_once(recv_thd, COS_THD_MOVE, UINT64_MAX, 0), -COS_EINVAL);
	EXPECT(op_once(COS_BOOT_THD, COS_THD_MOVE, 0, 0), -COS_EBUSY);
	EXPECT(op_once(recv_thd, COS_THD_MOVE, 0, 0), 0);
	if (cores_used() == 1)
		return;
	move_count = move_wrong = 0;
	move_over = false;
	move_sent = UINT64_MAX;
	move_owner = 1;
	EXPECT(op_once(recv_thd, COS_THD_MOVE, 1, 0), 0);
	all_run(move_on);
	while (move_count < MOVES / 2 && in_time(start)) {
		EXPECT(op_once(send_asnd, COS_ASND, 0, 0), 0);
		events++;
	}
	move_sent = events;
	cores_wait();
	EXPECT(move_over, true);
	EXPECT(move_count > MOVES, true);
	EXPECT(move_wrong, 0);
	EXPECT(received, events);
	for (unsigned c = 1; c < cores_used(); c++)
		EXPECT(core[c].wrong, 0);
}

/*
 * Invocations of a server that is stopped and started all the time (L1, L2), and at last ends (L4).
 */
#define RESTARTS 20000
static uint64_t call_cap;

static void call_body(unsigned c)
{
	while (!stop) {
		struct sys s = {COS_OP(call_cap, COS_SINV), {0, 0, 5}};
		long status = sys(&s);

		core[c].wrong += status != 0 && status != -COS_EREBOOT;
		core[c].wrong += status == 0 && (s.arg[0] != 0x99 || s.arg[1] != TID + c);
		core[c].done += status == 0;
	}
}

static void page_reused(uint64_t page)
{
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page & 0xffffff, 1, COS_MEM_USER), 0);
}

void test_restart(void)
{
	uint64_t page = page_kernel(), comp = slot_new(), start = tsc();
	struct domain d;

	domain_make(&d, 40);
	EXPECT(OP(CT, COS_MK_COMP, comp, page, d.captbl, d.pgtbl, 41), 0);
	call_cap = sinv_new(comp, echo_entry, 0x99);
	all_run(call_body);
	for (unsigned i = 0; another_round(i, RESTARTS, start); i++) {
		EXPECT(op_once(comp, COS_COMP_STOP, 0, 0), 0);
		EXPECT(op_once(call_cap, COS_SINV, 0, 0), -COS_EREBOOT);
		EXPECT(op_once(comp, COS_COMP_START, 0, 0), 0);
		EXPECT(op_once(call_cap, COS_SINV, 0, 0), 0);
	}
	all_stop();
	/* Remove the component's capabilities while it is called through one in another table. */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, call_cap), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, comp), 0);
	page_reused(page);
}

/*
 * A capability is taken away and another one put in its slot, while it is used (C1). A user finds
 * either of them, complete.
 */
#define REVOKES 1000

static void revoke_body(unsigned c)
{
	while (!stop) {
		struct sys s = {COS_OP(call_cap, COS_SINV), {1, 2, 3, 0, 0, 0}};
		long status = sys(&s);
		bool first = s.arg[0] == 0x99 && s.arg[1] == TID + c && s.arg[2] == 6;
		bool second = s.arg[0] == 1 && s.arg[1] == 2 && s.arg[2] == 3;

		core[c].wrong += status != 0 && status != -COS_ECAP && status != -COS_EREBOOT;
		core[c].wrong += status == 0 && !first && !second;
		core[c].done += status == 0;
	}
}

void test_revoke(void)
{
	uint64_t page = page_kernel(), comp = slot_new(), sinv = slot_new();
	struct domain d, other;
	uint64_t echo, start = tsc();

	domain_make(&d, 42);
	domain_make(&other, 43);
	echo = sinv_new(other.comp, echo_entry, 0x99);
	call_cap = slot_new();
	all_run(revoke_body);
	for (unsigned i = 0; another_round(i, REVOKES, start); i++) {
		EXPECT(OP(CT, COS_CAPTBL_COPY, call_cap, CT, echo, COS_RIGHTS_ALL), 0);
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, call_cap), 0);
		/* The second one leads to a component that ends with it. */
		EXPECT(OP(CT, COS_MK_COMP, comp, page, d.captbl, d.pgtbl, 44), 0);
		EXPECT(OP(CT, COS_MK_SINV, call_cap, comp, (uint64_t)empty_entry, 7), 0);
		EXPECT(OP(CT, COS_CAPTBL_COPY, sinv, CT, call_cap, COS_RIGHTS_ALL), 0);
		if (i % 2)
			nap();
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, call_cap), 0);
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, sinv), 0);
		/* Threads that are in it leave it. */
		while (OP(CT, COS_CAPTBL_REMOVE, comp) == -COS_EBUSY && in_time(start))
			;
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, comp), -COS_ENOENT);
	}
	EXPECT(OP(CT, COS_CAPTBL_COPY, call_cap, CT, echo, COS_RIGHTS_ALL), 0);
	all_stop();
	page_reused(page);
}

/*
 * Each core invokes by a child of its own of one capability, which is removed and made again. An
 * invocation that begins after the removal is refused, on any core (C5).
 */
static _Atomic uint64_t revoke_all_phase; /* modulo 4: being made, there, being taken away, gone */
static uint64_t revoke_child[CORES];

static void revoke_all_body(unsigned c)
{
	while (!stop) {
		uint64_t phase = revoke_all_phase;
		struct sys s = {COS_OP(revoke_child[c], COS_SINV), {1, 2, 3, 0, 0, 0}};
		long status = sys(&s);

		core[c].wrong += status != 0 && status != -COS_ECAP;
		if (phase % 2 == 0 || revoke_all_phase != phase)
			continue;
		core[c].wrong += status != (phase % 4 == 1 ? 0 : -COS_ECAP);
		core[c].done += status == 0;
	}
}

static void revoke_all_make(uint64_t echo, uint64_t first, uint64_t middle)
{
	EXPECT(OP(CT, COS_CAPTBL_COPY, first, CT, echo, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, middle, CT, first, COS_RIGHTS_ALL), 0);
	for (unsigned c = 0; c < CORES; c++)
		EXPECT(OP(CT, COS_CAPTBL_DELEGATE, revoke_child[c], CT, middle, COS_RIGHTS_ALL), 0);
	revoke_all_phase++;
}

void test_revoke_all(void)
{
	uint64_t first = slot_new(), middle = slot_new(), echo, start = tsc();
	struct domain d;

	domain_make(&d, 45);
	echo = sinv_new(d.comp, echo_entry, 0x99);
	for (unsigned c = 0; c < CORES; c++)
		revoke_child[c] = slot_new();
	all_run(revoke_all_body);
	for (unsigned i = 0; another_round(i, REVOKES, start); i++) {
		revoke_all_make(echo, first, middle);
		if (i % 2)
			nap();
		revoke_all_phase++;
		EXPECT(op_once(CT, COS_CAPTBL_REMOVE, first, 0), 0);
		revoke_all_phase++;
		if (i % 4)
			nap();
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, middle), 0);
		for (unsigned c = 0; c < CORES; c++)
			EXPECT(OP(CT, COS_CAPTBL_REMOVE, revoke_child[c]), 0);
		revoke_all_phase++;
	}
	/* Once more, for cores that had no time while it was there. */
	revoke_all_make(echo, first, middle);
	all_stop();
}

/*
 * A page is mapped for readers on other cores, then unmapped, and used for something else. A reader
 * faults, or reads PATTERN, which was in the page while it was mapped; never SECRET, which was
 * there at other times, nor what a kernel object contains (M1 to M3, P5).
 */
#define REMAPS 1000
#define READS 2000
#define READ_VA 0x50000000
#define OUR_VA 0x21000000
#define PATTERN(i) ((uint64_t)(i) << 8 | 0x5a)
#define SECRET(i) ((uint64_t)(i) << 8 | 0xa5)
static _Atomic uint64_t reads_faulted, reads_seen;

static void remap_read(unsigned c)
{
	uint64_t last = 0;

	while (!stop) {
		struct sys s = {COS_OP(call_cap, COS_SINV), {READ_VA, last, READS}};
		long status = sys(&s);

		if (status == 0) {
			last = s.arg[0];
			core[c].wrong += last && (last & 0xff) != 0x5a;
			core[c].done += last != 0;
			reads_seen++;
		} else {
			core[c].wrong += status != -COS_EREBOOT;
			reads_faulted++;
		}
		/* Keep the translation over an idle time. */
		if (c % 2)
			op_once(HW, COS_HW_IDLE, tsc() + 1000, 0);
	}
}

static volatile uint64_t *remap_ours(uint64_t mem)
{
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, OUR_VA, mem, RW), 0);
	return (volatile uint64_t *)OUR_VA;
}

static void remap_round(const struct domain *d, uint64_t mem, unsigned i)
{
	uint64_t page = mem & 0xffffff, tbl = 4000;

	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 1, COS_MEM_USER), 0);
	*remap_ours(mem) = PATTERN(i);
	EXPECT(OP(d->pgtbl, COS_PGTBL_MAP, READ_VA, mem, COS_PG_READ), 0);
	if (i % 4 == 0)
		nap();
	*(volatile uint64_t *)OUR_VA = PATTERN(i + 1);
	EXPECT(OP(d->pgtbl, COS_PGTBL_UNMAP, READ_VA), 0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, OUR_VA), 0);
	if (i % 2) {
		EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 1, COS_MEM_USER), 0);
		*remap_ours(mem) = SECRET(i);
		if (i % 4 == 1)
			nap();
		EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, OUR_VA), 0);
	} else {
		/* All words of a capability table are pointers. */
		EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 1, COS_MEM_KERNEL), 0);
		EXPECT(OP(CT, COS_MK_CAPTBL, tbl, mem), 0);
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), 0);
	}
}

void test_remap(void)
{
	uint64_t mem = page_new(COS_MEM_USER), start;
	struct domain d;
	unsigned i;

	domain_make(&d, 45);
	domain_map(&d, READ_VA + COS_PAGE_SIZE, page_new(COS_MEM_USER), COS_PG_READ);
	EXPECT(OP(d.comp, COS_COMP_SET_PAGER, sinv_new(COS_BOOT_COMP, decline_entry, 0)), 0);
	call_cap = sinv_new(d.comp, reader_entry, 0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_LOOKUP, OUR_VA), -COS_ENOENT);
	domain_map(&(struct domain){CT, COS_BOOT_PGTBL, COS_BOOT_COMP}, OUR_VA, mem, RW);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, OUR_VA), 0);
	reads_seen = reads_faulted = 0;
	all_run(remap_read);
	start = tsc();
	for (i = 0; another_round(i, REMAPS, start); i++)
		remap_round(&d, mem, i);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, mem & 0xffffff, 1, COS_MEM_USER), 0);
	*remap_ours(mem) = PATTERN(i);
	EXPECT(OP(d.pgtbl, COS_PGTBL_MAP, READ_VA, mem, COS_PG_READ), 0);
	all_stop();
	print("remap: %lu reads, %lu faults\n", reads_seen, reads_faulted);
}

/* Quiescence, with the other cores idle, and with them in user level for ever (Q1 to Q5). */
static void spin_body(unsigned c)
{
	core[c].done++;
	while (!stop)
		__asm__ volatile("pause");
}

static void quiesce_now(void)
{
	struct sys s = {COS_OP(HW, COS_HW_QUIESCE), {0}};
	uint64_t epoch = 0, start = tsc();
	long status;

	do {
		s.arg[0] = epoch;
		status = sys(&s);
		EXPECT(epoch == 0 || s.arg[0] == epoch, true);
		epoch = s.arg[0];
	} while (status == -COS_EAGAIN && in_time(start));
	EXPECT(status, 0);
	EXPECT(op_once(HW, COS_HW_QUIESCE, epoch, 0), 0);
	EXPECT(op_once(HW, COS_HW_QUIESCE, UINT64_MAX, 0), -COS_EINVAL);
}

void test_quiesce(void)
{
	for (unsigned i = 0; i < 50; i++)
		quiesce_now();
	all_run(spin_body);
	for (unsigned i = 0; i < 50; i++)
		quiesce_now();
	all_stop();
}

/* A thread ends while events are sent to it, and another one is made of the same page. */
#define DESTROYS 1000

static void destroy_send(unsigned c)
{
	while (!stop) {
		long status = op_once(send_asnd, COS_ASND, 0, 0);

		core[c].wrong += status != 0 && status != -COS_ECAP && status != -COS_EDEAD;
		core[c].done += status == 0;
	}
}

void test_destroy(void)
{
	uint64_t page = page_kernel(), thd = slot_new(), arcv = slot_new();
	uint64_t begin = tsc(), start;
	long status = 0;

	send_asnd = slot_new();
	all_run(destroy_send);
	for (unsigned i = 0; another_round(i, DESTROYS, begin); i++) {
		start = tsc();
		do {
			/* E3: while events are on the way to the thread, its page is in use. */
			status = OP(CT, COS_MK_THD, thd, page, COS_BOOT_COMP, TID_OTHER,
				    (uint64_t)thd_entry, 0);
		} while (status == -COS_EBUSY && in_time(start));
		EXPECT(status, 0);
		EXPECT(OP(CT, COS_MK_ARCV, arcv, thd), 0);
		EXPECT(OP(CT, COS_MK_ASND, send_asnd, arcv), 0);
		if (i % 8 == 0)
			nap();
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, thd), 0);
		if (i % 2) {
			EXPECT(OP(CT, COS_CAPTBL_REMOVE, send_asnd), 0);
			EXPECT(OP(CT, COS_CAPTBL_REMOVE, arcv), 0);
		} else {
			EXPECT(OP(CT, COS_CAPTBL_REMOVE, arcv), 0);
			EXPECT(OP(CT, COS_CAPTBL_REMOVE, send_asnd), 0);
		}
	}
	EXPECT(OP(CT, COS_MK_ASND, send_asnd, sched_arcv), 0);
	all_stop();
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, send_asnd), 0);
}
