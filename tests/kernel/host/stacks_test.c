/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocation stacks: random calls, returns, faults, stops, starts and changes of targets, compared
 * after each with a model, a list of (component, epoch, kind) for each thread (thd.h, I1, I2, I5;
 * comp.h, L1 to L3). In the kernel calls by COS_SINV are assembly (x86_64/entry.S): they are
 * imitated here, or go through op_sinv. stacks_test [STEPS [SEED]]
 */
#include <stdarg.h>
#include "core.h"
#include "inv.h"
#include "log.h"
#include "mem.h"
#include "op.h"

#define TEST "kernel/host/stacks"
#define STEPS 10000000UL
#include "steps.h"

#define COMPS 4
#define THREADS 4
#define NONE COMPS
#define CORES 2
#define PAGE(n) ((uint64_t)(n)*4096)
#define DEPTH_MAX (THD_STACK_SIZE / sizeof(struct invocation))

enum { GATE, PAGER, HANDLER };

static struct comp *comp[COMPS];
static struct {
	uint32_t epoch;
	unsigned target[3];
	uint64_t gone;
} mcomp[COMPS];

static struct thd *thd[THREADS];
static struct {
	unsigned depth, room; /* bytes below the topmost invocation */
	bool dead;
	uint64_t died_at;
	struct {
		unsigned comp;
		uint32_t epoch, kind;
		bool asked_handler;
	} invocation[DEPTH_MAX];
} mthd[THREADS];

_Alignas(4096) uint8_t test_memory[TEST_PAGES * 4096];
unsigned test_flushes;
struct cpu *test_cpu;
static struct cpu cpus[CORES];
static _Atomic uint64_t table[TEST_PAGES];

void core_poke_others(void)
{
}

void core_event_drop(struct thd *t)
{
	(void)t;
}

void core_thd_died(struct thd *t)
{
	t->state = THD_DEAD;
}

int tcap_put(struct tcap *tcap)
{
	(void)tcap;
	return 0;
}

void log_print(const char *format, ...)
{
	(void)format;
}

#define TOP(t) mthd[t].invocation[mthd[t].depth - 1]
#define BELOW(t) mthd[t].invocation[mthd[t].depth - 2]

static bool stopped(unsigned c)
{
	return mcomp[c].epoch & 1;
}

static void m_push(unsigned t, unsigned c, uint32_t kind, bool asked_handler)
{
	mthd[t].depth++;
	mthd[t].room -=
		sizeof(struct invocation) + (kind == COS_INV_FAULT ? sizeof(struct fault) : 0);
	TOP(t).comp = c;
	TOP(t).epoch = mcomp[c].epoch;
	TOP(t).kind = kind;
	TOP(t).asked_handler = asked_handler;
}

static void m_pop(unsigned t)
{
	mthd[t].room += sizeof(struct invocation) +
			(TOP(t).kind == COS_INV_FAULT ? sizeof(struct fault) : 0);
	mthd[t].depth--;
}

static bool m_current(unsigned t)
{
	return TOP(t).epoch == mcomp[TOP(t).comp].epoch;
}

static bool m_ask(unsigned t, unsigned which, bool asked_handler)
{
	unsigned to = mcomp[TOP(t).comp].target[which];

	if (to == NONE || stopped(to))
		return false;
	m_push(t, to, COS_INV_FAULT, asked_handler);
	return true;
}

static void m_unwind(unsigned t)
{
	while (TOP(t).kind != COS_INV_BASE) {
		bool fault = TOP(t).kind == COS_INV_FAULT, asked = TOP(t).asked_handler;

		m_pop(t);
		if (fault && m_current(t) && !asked && m_ask(t, HANDLER, true))
			return;
		if (!fault && m_current(t))
			return;
	}
	mthd[t].dead = true;
}

static void m_fault(unsigned t, bool page)
{
	if (mthd[t].room >= sizeof(struct invocation) + sizeof(struct fault)) {
		if (page && m_ask(t, PAGER, false))
			return;
		if (m_ask(t, HANDLER, true))
			return;
	}
	m_unwind(t);
}

static void m_return(unsigned t, bool decline)
{
	bool asked = TOP(t).asked_handler, fault = TOP(t).kind == COS_INV_FAULT;

	if (TOP(t).kind == COS_INV_BASE) {
		if (mcomp[TOP(t).comp].target[GATE] != NONE)
			m_fault(t, false);
		else
			mthd[t].dead = true;
		return;
	}
	m_pop(t);
	if (!m_current(t)) {
		m_unwind(t);
		return;
	}
	if (fault && decline && (asked || !m_ask(t, HANDLER, true)))
		m_unwind(t);
}

/* Like core_settle, before user level is entered. */
static void settle(unsigned t)
{
	while (thd[t]->state != THD_DEAD && thd[t]->top->epoch != thd[t]->top->comp->epoch)
		inv_unwind(thd[t]);
	while (!mthd[t].dead && !m_current(t))
		m_unwind(t);
}

static void do_sinv(unsigned t, unsigned c)
{
	struct invocation *top = thd[t]->top;

	if (any(2)) {
		struct cap cap = {.target = {comp[c], 0x1000, 5}};
		struct op op = {.thd = thd[t], .cap = &cap, .number = COS_SINV};
		int expected = stopped(c)				  ? -COS_EREBOOT
			       : mthd[t].room < sizeof(struct invocation) ? -COS_EDEPTH
									  : 5;

		must("op_sinv", op_sinv(&op), expected);
		if (expected > 0)
			m_push(t, c, COS_INV_SINV, false);
		return;
	}
	/* Stopped, or no room: entry.S refuses. */
	if (stopped(c) || mthd[t].room < sizeof(struct invocation))
		return;
	for (unsigned i = 0; i < COS_REG_FLAGS + 1; i++)
		top->reg[i] = thd[t]->reg[i];
	top[-1] =
		(struct invocation){.comp = comp[c], .epoch = comp[c]->epoch, .kind = COS_INV_SINV};
	comp[c]->inside[cpu()->core]++;
	thd[t]->top = top - 1;
	m_push(t, c, COS_INV_SINV, false);
}

static void do_gate(unsigned t)
{
	unsigned to = mcomp[TOP(t).comp].target[GATE];
	int expected = to == NONE				  ? -COS_ENOENT
		       : stopped(to)				  ? -COS_EREBOOT
		       : mthd[t].room < sizeof(struct invocation) ? -COS_EDEPTH
								  : 0;

	must("inv_gate", inv_gate(thd[t]), expected);
	if (!expected)
		m_push(t, to, COS_INV_GATE, false);
}

static void do_target(unsigned c)
{
	unsigned which = any(3), to = any(COMPS + 1);
	struct target *target[] = {&comp[c]->gate, &comp[c]->pager, &comp[c]->handler};
	struct cap sinv = {.target = {to == NONE ? NULL : comp[to], 0x2000, to}};
	int expected;

	if (mcomp[c].target[which] != NONE) {
		mcomp[c].target[which] = NONE;
		mcomp[c].gone = now;
	}
	expected = to != NONE && !quiesce_passed(mcomp[c].gone) ? -COS_EAGAIN : 0;
	must("comp_set_target", comp_set_target(comp[c], target[which], to == NONE ? NULL : &sinv),
	     expected);
	if (!expected)
		mcomp[c].target[which] = to;
}

static void born(unsigned t)
{
	unsigned home = any(COMPS);

	if (!quiesce_passed(mthd[t].died_at)) {
		must("thd_make", thd_make(PAGE(8 + t), comp[home], t, 0x1000, 0, &thd[t]),
		     -COS_EAGAIN);
		return;
	}
	must("thd_make", thd_make(PAGE(8 + t), comp[home], t, 0x1000, 0, &thd[t]), 0);
	mthd[t].depth = 0;
	mthd[t].room = THD_STACK_SIZE;
	mthd[t].dead = false;
	m_push(t, home, COS_INV_BASE, false);
	TOP(t).epoch &= ~1u;
}

static void gone(unsigned t)
{
	test_cpu = &cpus[thd[t]->core];
	must("thd_put", thd_put(thd[t]), 0);
	thd[t] = NULL;
	mthd[t].died_at = now;
}

static void compare_thread(unsigned t, long inside[COMPS], long refs[COMPS])
{
	struct thd at = {.top = thd[t]->top};
	struct fault *fault;

	must("whether it is dead", thd[t]->state == THD_DEAD, mthd[t].dead);
	must("room", (uint8_t *)thd[t]->top - (uint8_t *)thd[t], mthd[t].room);
	for (unsigned i = mthd[t].depth; i-- > 0;) {
		must("component of an invocation", at.top->comp == comp[mthd[t].invocation[i].comp],
		     true);
		must("epoch of an invocation", at.top->epoch, mthd[t].invocation[i].epoch);
		must("kind of an invocation", at.top->kind, mthd[t].invocation[i].kind);
		if (i)
			inside[mthd[t].invocation[i].comp]++;
		else
			refs[mthd[t].invocation[i].comp]++;
		at.top = thd_caller(&at, &fault);
		if (fault)
			must("handler was asked", (long)fault->asked_handler,
			     mthd[t].invocation[i].asked_handler);
	}
	must("the end of the stack", at.top == NULL, true);
}

static void compare(void)
{
	long inside[COMPS] = {0}, refs[COMPS];

	for (unsigned c = 0; c < COMPS; c++)
		refs[c] = 1;
	for (unsigned t = 0; t < THREADS; t++)
		if (thd[t])
			compare_thread(t, inside, refs);
	for (unsigned c = 0; c < COMPS; c++)
		for (unsigned i = 0; i < 3; i++)
			if (mcomp[c].target[i] != NONE)
				refs[mcomp[c].target[i]]++;
	for (unsigned c = 0; c < COMPS; c++) {
		long sum = 0;

		for (unsigned i = 0; i < CORES; i++)
			sum += comp[c]->inside[i];
		must("threads inside", sum, inside[c]);
		must("references", mem_refs(comp[c]), refs[c]);
		must("epoch", comp[c]->epoch, mcomp[c].epoch);
	}
}

static void thread_step(unsigned t)
{
	bool decline;

	settle(t);
	if (mthd[t].dead || any(64) == 0) {
		gone(t);
		return;
	}
	thd[t]->core = (uint32_t)cpu()->core;
	switch (any(6)) {
	case 0:
	case 1:
		do_sinv(t, any(COMPS));
		break;
	case 2:
		do_gate(t);
		break;
	case 3:
		decline = any(2);
		inv_fault(thd[t], decline ? COS_FAULT_PAGE : 6, 0, 0);
		m_fault(t, decline);
		break;
	default:
		decline = any(3) == 0;
		thd[t]->reg[COS_REG_RDI] = decline;
		inv_return(thd[t]);
		m_return(t, decline);
	}
}

static void one_step(void)
{
	unsigned c = any(COMPS), t = any(THREADS);

	test_cpu = &cpus[any(CORES)];
	switch (any(32)) {
	case 0:
		now++;
		break;
	case 1:
		passed = now - any(2);
		break;
	case 2:
		comp_stop(comp[c]);
		mcomp[c].epoch |= 1;
		break;
	case 3:
	case 4:
		must("comp_start", comp_start(comp[c]), 0);
		mcomp[c].epoch += stopped(c);
		break;
	case 5:
		do_target(c);
		break;
	default:
		if (thd[t])
			thread_step(t);
		else
			born(t);
	}
}

int main(int argc, char **argv)
{
	uint64_t steps = steps_begin(argc, argv);
	struct captbl *captbl;
	uint64_t *pgtbl;

	test_cpu = &cpus[0];
	cpus[1].core = 1;
	mem_init(table, TEST_PAGES);
	mem_set(PAGE(2), 20, COS_MEM_KERNEL, KIND_FREE, 0);
	must("captbl_make", captbl_make(PAGE(2), &captbl), 0);
	must("pgtbl_make", pgtbl_make(PAGE(3), 4, &pgtbl), 0);
	for (unsigned c = 0; c < COMPS; c++) {
		must("comp_make", comp_make(PAGE(4 + c), captbl, pgtbl, c, &comp[c]), 0);
		for (unsigned i = 0; i < 3; i++)
			mcomp[c].target[i] = NONE;
	}
	for (step = 0; step < steps; step++) {
		one_step();
		compare();
	}
	printf("PASS " TEST ": %lu steps (seed %lu)\n", steps, seed);
	return 0;
}
