/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checked kernel: the usual objects, linked with --wrap. After each way into C
 * (all but the invocation path) and each change of a page table it looks at invariants: captbl.h
 * C2; mem.h M1; thd.h I1, I2, I5; comp.h L1; core.h D1, D2, D7; tcap.h B1; pgtbl.h P1, P4. A
 * violation ends the machine with a panic.
 *
 * Other cores change things meanwhile. That an object is found freed counts only when it can still
 * be found at the place where it was: that place was emptied before, or the invariant is violated.
 * By then the object cannot be something else, since this core is in the kernel (quiesce.h).
 */
#include <stdatomic.h>
#include <stddef.h>
#include "captbl.h"
#include "core.h"
#include "log.h"
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "pte.h"
#include "trace/entries.h"
#include "x86.h"

#define CAPTBL_EVERY 64	      /* exits */
#define CPUID7_SMEP (1u << 7) /* leaf 7, ebx */
#define CPUID7_SMAP (1u << 20)
#define CPUID7_UMIP (1u << 2) /* leaf 7, ecx */
#define CR4_TSD 0x4
#define CR4_PCE 0x100
#define EFER_LMA 0x400

#define CHECK(what)                                                                     \
	do {                                                                            \
		if (!(what))                                                            \
			log_panic("check, line %u: not %s (core %lu)", __LINE__, #what, \
				  cpu()->core);                                         \
	} while (0)

int __real_pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
		     unsigned *missing);
int __wrap_pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
		     unsigned *missing);
int __real_pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
		      uint64_t flags, unsigned *missing);
int __wrap_pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
		      uint64_t flags, unsigned *missing);

static bool is(const void *object, enum mem_kind kind)
{
	return (uintptr_t)object % COS_PAGE_SIZE == 0 && mem_kind(object) == kind &&
	       mem_refs(object) > 0;
}

static void check_target(const struct target *target)
{
	struct comp *comp = __atomic_load_n(&target->comp, __ATOMIC_SEQ_CST);

	CHECK(!comp || is(comp, KIND_COMP) ||
	      comp != __atomic_load_n(&target->comp, __ATOMIC_SEQ_CST));
}

static void check_comp(const struct comp *comp)
{
	CHECK(is(comp, KIND_COMP));
	CHECK(is(comp->captbl, KIND_CAPTBL));
	CHECK(is(comp->pgtbl, KIND_PGTBL + PGTBL_LEVELS - 1));
	check_target(&comp->gate);
	check_target(&comp->pager);
	check_target(&comp->handler);
}

/* I1, I2, I5, L1 */
static void check_invocations(struct thd *thd)
{
	struct thd at = {.top = thd->top};
	struct invocation *first = (struct invocation *)thd->stack;
	struct invocation *end = (struct invocation *)(thd->stack + THD_STACK_SIZE);
	struct fault *fault;

	for (;;) {
		CHECK(at.top >= first && at.top < end);
		CHECK((uintptr_t)at.top % sizeof(struct invocation) == 0);
		CHECK(at.top->kind <= COS_INV_FAULT);
		CHECK(!(at.top->epoch & 1));
		check_comp(at.top->comp);
		if (at.top->kind == COS_INV_BASE)
			break;
		at.top = thd_caller(&at, &fault);
	}
	CHECK(at.top == end - 1);
}

/* D1, D7 */
static void check_queue(const struct cpu *c, const struct thd *sched)
{
	const struct thd *last = NULL;

	for (const struct thd *thd = sched->event_queue.first; thd; thd = thd->pending_next) {
		CHECK(is(thd, KIND_THD));
		CHECK((thd->sched ? thd->sched : c->sched) == sched);
		CHECK(thd->core == c->core);
		CHECK(thd->pending && thd->pending_prev == last);
		last = thd;
	}
	CHECK(sched->event_queue.last == last);
}

static enum mem_kind cap_kind(enum cap_type type, unsigned level)
{
	switch (type) {
	case CAP_CAPTBL:
		return KIND_CAPTBL;
	case CAP_PGTBL:
		return KIND_PGTBL + level - 1;
	case CAP_COMP:
	case CAP_SINV:
		return KIND_COMP;
	case CAP_THD:
	case CAP_ARCV:
	case CAP_ASND:
		return KIND_THD;
	case CAP_TCAP:
		return KIND_TCAP;
	default:
		return KIND_NONE;
	}
}

/* C2: each capability names an object of its kind. Of the first leaves, which tests use most. */
static void check_captbl(const struct captbl *tbl)
{
	for (uint64_t i = COS_CAP_FIRST; i < 4UL * COS_CAPTBL_LEAF; i++) {
		enum cap_type type, after;
		const struct cap *cap = captbl_lookup(tbl, i, &type);
		enum mem_kind kind;

		if (!cap)
			continue;
		kind = cap_kind(type, cap->level);
		CHECK(kind == KIND_NONE || is(cap->object, kind) ||
		      captbl_lookup(tbl, i, &after) != cap || after != type);
	}
}

/* P1, P4: links lead to tables of the next lower level, mappings to user and device memory. */
static void check_table(const uint64_t *tbl, unsigned level)
{
	unsigned n = level == PGTBL_LEVELS ? PGTBL_USER_ENTRIES : PGTBL_ENTRIES;

	for (unsigned i = 0; i < n; i++) {
		uint64_t pte = __atomic_load_n(&tbl[i], __ATOMIC_SEQ_CST);
		struct mem_page page = mem_page(pte_paddr(pte));

		if (!pte_present(pte))
			continue;
		if (level > 1 && !(pte & PTE_PS)) {
			CHECK(page.kind == KIND_PGTBL + level - 2 ||
			      pte != __atomic_load_n(&tbl[i], __ATOMIC_SEQ_CST));
			continue;
		}
		CHECK(page.type == COS_MEM_USER || page.type == COS_MEM_DEVICE);
		CHECK(page.level == level || pte != __atomic_load_n(&tbl[i], __ATOMIC_SEQ_CST));
		CHECK(page.type == COS_MEM_DEVICE || page.kind == KIND_NONE ||
		      pte != __atomic_load_n(&tbl[i], __ATOMIC_SEQ_CST));
		CHECK(!(pte & PTE_W) || page.kind != KIND_IMAGE);
		CHECK((pte & (PTE_W | PTE_NX)) != PTE_W);
	}
}

/* What refuses user level and the kernel what they must not do (tests/kernel/boot/privilege.c). */
static void check_registers(void)
{
	struct cpuid features = x86_cpuid(7, 0);
	uint64_t cr4 = x86_read_cr4();

	CHECK(!(features.b & CPUID7_SMEP) || (cr4 & CR4_SMEP));
	CHECK(!(features.b & CPUID7_SMAP) || (cr4 & CR4_SMAP));
	CHECK(!(features.c & CPUID7_UMIP) || (cr4 & CR4_UMIP));
	CHECK(cr4 & CR4_MCE);
	CHECK(!(cr4 & (CR4_TSD | CR4_PCE)));
	CHECK(x86_read_cr0() & CR0_WP);
	CHECK(x86_rdmsr(MSR_EFER) == (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE));
	CHECK(x86_rdmsr(MSR_SYSENTER_CS) == 0);
}

static void check_exit(void)
{
	static _Atomic unsigned exits;
	struct cpu *c = cpu();
	struct thd *thd;

	thd = c->thd;
	CHECK(is(thd, KIND_THD));
	CHECK(thd->core == c->core);
	CHECK(thd->state == THD_RUNNABLE);
	CHECK(c->top == thd->top && c->tid == thd->id);
	CHECK(c->space == thd_comp(thd)->space);
	CHECK(thd->reg[COS_REG_IP] < USER_END);
	check_invocations(thd);
	CHECK(is(c->sched, KIND_THD));
	check_queue(c, c->sched);
	if (thd->sched)
		check_queue(c, thd->sched);
	CHECK(!c->tcap || (is(c->tcap, KIND_TCAP) && c->tcap->core == c->core));
	if (atomic_fetch_add(&exits, 1) % CAPTBL_EVERY == 0) {
		check_captbl(thd_comp(thd)->captbl);
		check_registers();
	}
}

void __wrap_trap_syscall(void)
{
	__real_trap_syscall();
	check_exit();
}

void __wrap_trap_operation(struct cap *cap)
{
	__real_trap_operation(cap);
	check_exit();
}

void __wrap_trap_user(uint64_t vector, uint64_t error)
{
	__real_trap_user(vector, error);
	check_exit();
}

/* The tables on the way to va, down to level `at`. */
static void check_path(uint64_t *tbl, unsigned level, uint64_t va, unsigned at)
{
	for (;; level--) {
		uint64_t pte = tbl[pte_index(va, level)];

		check_table(tbl, level);
		if (level == at || !pte_present(pte))
			return;
		tbl = pa_va(pte_paddr(pte));
	}
}

int __wrap_pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
		     unsigned *missing)
{
	int err = __real_pgtbl_map(tbl, level, va, pa, flags, missing);

	if (!err)
		check_path(tbl, level, va, 1);
	return err;
}

int __wrap_pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
		      uint64_t flags, unsigned *missing)
{
	int err = __real_pgtbl_link(tbl, level, va, sub, sublevel, flags, missing);

	if (!err)
		check_path(tbl, level, va, sublevel + 1);
	return err;
}
