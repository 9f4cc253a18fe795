/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Components and invocations between them: sinv, gate, pager and handler, stops, a full stack
 * (thd.h, I1 to I5; inv.h; comp.h, L1 to L5).
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define FRAMES 45 /* of a thread */

enum {
	ASK_NEST = 1, /* call capability (a); returns its result plus one */
	ASK_STOP,     /* stop the component (a), then go on */
	ASK_RECURSE,  /* call capability (a) with oneself, until it fails; -> depth */
	ASK_FRAME,    /* -> registers of what invoked us */
	ASK_UNMAPPED, /* touch the address (a) */
	ASK_UD,	      /* execute an undefined instruction */
};

long server(uint64_t what, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
	    uint64_t token);
long fault(uint64_t vector, uint64_t address, uint64_t error, uint64_t ip, uint64_t sp,
	   uint64_t comp, uint64_t token);
void program_exit(void);

/* Runs in the component that was invoked. */
long server(uint64_t what, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
	    uint64_t token)
{
	struct sys s;
	long status;

	(void)c;
	(void)d;
	(void)e;
	(void)token;
	switch (what) {
	case ASK_NEST:
		s = (struct sys){COS_OP(a, COS_SINV), {b, a, b}};
		status = sys(&s);
		return status < 0 ? status : (long)s.arg[0] + 1;
	case ASK_STOP:
		return OP(a, COS_COMP_STOP);
	case ASK_FRAME:
		s = (struct sys){COS_OP(COS_CAP_SELF, COS_SELF_CALLER_GET), {a}};
		status = sys(&s);
		return status < 0 ? status : (long)s.arg[1];
	case ASK_UNMAPPED:
		*(volatile uint64_t *)a = token;
		return (long)*(volatile uint64_t *)a;
	case ASK_UD:
		__asm__ volatile("ud2");
		return 77;
	default:
		return -1;
	}
}

/* Pager (token 0) and handler (token 1) of a component under test. */
long fault(uint64_t vector, uint64_t address, uint64_t error, uint64_t ip, uint64_t sp,
	   uint64_t comp, uint64_t token)
{
	const uint64_t args[] = {vector, address, error, ip, sp, comp};
	struct sys s = {COS_OP(COS_CAP_SELF, COS_SELF_CALLER_GET), {0}};

	shared->faults[token]++;
	for (unsigned i = 0; i < 6; i++)
		shared->fault[i] = args[i];
	if (sys(&s) != 0 || s.arg[0] != ip || s.arg[1] != sp)
		shared->fault_regs_bad++;
	if (token == 0 && shared->fault_map)
		if (OP(shared->fault_pgtbl, COS_PGTBL_MAP, address & ~4095UL, shared->fault_map,
		       COS_PG_READ | COS_PG_WRITE))
			shared->fault_regs_bad++;
	if (token == 1 && shared->fault_skip) {
		if (OP(COS_CAP_SELF, COS_SELF_CALLER_SET, COS_REG_IP, ip + shared->fault_skip))
			shared->fault_regs_bad++;
		if (OP(COS_CAP_SELF, COS_SELF_CALLER_SET, COS_REG_IP, 1UL << 63) != -COS_EINVAL)
			shared->fault_regs_bad++;
		if (OP(COS_CAP_SELF, COS_SELF_CALLER_SET, COS_NREGS, 0) != -COS_EINVAL)
			shared->fault_regs_bad++;
	}
	return (long)shared->answer[token];
}

void test_comp(void)
{
	uint64_t tbl = slot_new(), top = slot_new(), comp = slot_new(), sinv = slot_new();
	uint64_t l3 = slot_new(), page = page_kernel(), thd = slot_new();

	EXPECT(OP(CT, COS_MK_CAPTBL, tbl, page_kernel()), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, top, page_kernel(), 4), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l3, page_kernel(), 3), 0);
	EXPECT(OP(CT, COS_MK_COMP, comp, page, tbl, l3, 9), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_COMP, comp, page, top, tbl, 9), -COS_ECAP);
	EXPECT(OP(CT, COS_MK_COMP, comp, page_new(COS_MEM_USER), tbl, top, 9), -COS_ETYPE);
	EXPECT(OP(CT, COS_MK_COMP, comp, page, tbl, top, 9), 0);
	EXPECT(OP(CT, COS_MK_SINV, sinv, comp, 0x1000, 5), 0);
	EXPECT(OP(CT, COS_MK_SINV, slot_new(), comp, 1UL << 47, 5), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_SINV, slot_new(), tbl, 0x1000, 5), -COS_ECAP);
	EXPECT(OP(sinv, 1, 0), -COS_ENOSYS);
	EXPECT(OP(comp, COS_COMP_SET_GATE, comp), -COS_ECAP);
	EXPECT(OP(comp, COS_COMP_SET_GATE, sinv), 0);
	EXPECT(OP(comp, COS_COMP_SET_PAGER, sinv), 0);
	EXPECT(OP(comp, COS_COMP_SET_HANDLER, sinv), 0);
	EXPECT(OP(comp, 9, 0), -COS_ENOSYS);
	EXPECT(OP(CT, COS_MK_THD, thd, page_kernel(), comp, 1UL << 20, 0x1000, 0), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_THD, thd, page_kernel(), comp, 3, 1UL << 60, 0), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_THD, thd, page_kernel(), tbl, 3, 0x1000, 0), -COS_ECAP);
	EXPECT(OP(CT, COS_MK_THD, thd, page_kernel(), comp, 3, 0x1000, 0), 0);
	/*
	 * Circles of references are undone from outside; afterwards everything is free again (L5).
	 */
	EXPECT(OP(comp, COS_COMP_SET_PAGER, 0), 0);
	EXPECT(OP(comp, COS_COMP_SET_HANDLER, 0), 0);
	EXPECT(OP(comp, COS_COMP_SET_GATE, 0), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, sinv), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, comp), 0); /* the thread is in it still */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, top), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, thd), -COS_EBUSY);
	EXPECT(OP(COS_BOOT_UNTYPED, COS_MEM_RETYPE, page & 0xffffff, 1, COS_MEM_USER), -COS_EBUSY);
}

void test_sinv(void)
{
	struct domain d;
	uint64_t echo, other;
	struct sys s;

	domain_make(&d, 20);
	echo = sinv_new(d.comp, echo_entry, 0x1234);
	s = (struct sys){COS_OP(echo, COS_SINV), {1, 2, 3, 4, 5, 6}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 0x1234);
	EXPECT(s.arg[1], COS_BOOT_TID);
	EXPECT(s.arg[2], 21);
	/* From a component to the next, through a capability in its own table. */
	other = sinv_new(d.comp, server_entry, 1);
	EXPECT(OP(d.captbl, COS_CAPTBL_COPY, 30, CT, echo, COS_RIGHTS_ALL), 0);
	s = (struct sys){COS_OP(other, COS_SINV), {ASK_NEST, 30, 9}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 0x1235);
	s = (struct sys){COS_OP(other, COS_SINV), {ASK_NEST, 31, 9}};
	EXPECT(sys(&s), 0);
	EXPECT((long)s.arg[0], -COS_ECAP);
	/* Numbers that are almost capabilities. */
	s = (struct sys){COS_OP(1UL << 40, COS_SINV), {0}};
	EXPECT(sys(&s), -COS_ECAP);
	s = (struct sys){UINT64_MAX, {0}};
	EXPECT(sys(&s), -COS_ECAP);
	s = (struct sys){COS_OP((uint64_t)COS_CAPTBL_MAX, 0), {0}};
	EXPECT(sys(&s), -COS_ECAP);
	s = (struct sys){COS_OP(COS_CAPTBL_MAX - 1, 0), {0}};
	EXPECT(sys(&s), -COS_ECAP);
	s = (struct sys){39, {0}};
	EXPECT(sys(&s), -COS_ENOSYS);
	for (unsigned i = 0; i < 1000; i++) {
		s = (struct sys){COS_OP(echo, COS_SINV), {i}};
		if (sys(&s) != 0 || s.arg[2] != i)
			EXPECT(s.arg[2], i);
	}
}

void test_stop(void)
{
	struct domain a, b;
	uint64_t in_a, in_b, echo;
	struct sys s;

	domain_make(&a, 21);
	domain_make(&b, 22);
	in_a = sinv_new(a.comp, server_entry, 1);
	in_b = sinv_new(b.comp, server_entry, 1);
	echo = sinv_new(a.comp, echo_entry, 7);
	EXPECT(OP(a.comp, COS_COMP_STOP), 0);
	EXPECT(OP(a.comp, COS_COMP_STOP), 0);
	EXPECT(OP(echo, COS_SINV), -COS_EREBOOT);
	EXPECT(OP(a.comp, COS_COMP_START), 0);
	EXPECT(OP(echo, COS_SINV), 0);
	EXPECT(OP(a.comp, COS_COMP_START), 0);

	/* A component that stops itself, and one that is stopped while it called the one that did
	 * it. */
	EXPECT(OP(a.captbl, COS_CAPTBL_COPY, 30, CT, a.comp, COS_RIGHTS_ALL), 0);
	EXPECT(OP(a.captbl, COS_CAPTBL_COPY, 31, CT, in_b, COS_RIGHTS_ALL), 0);
	EXPECT(OP(b.captbl, COS_CAPTBL_COPY, 30, CT, a.comp, COS_RIGHTS_ALL), 0);
	s = (struct sys){COS_OP(in_a, COS_SINV), {ASK_STOP, 30}};
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(OP(in_a, COS_SINV), -COS_EREBOOT);
	EXPECT(OP(a.comp, COS_COMP_START), 0);
	/* a calls b with what stops a: b returns into a stopped component. */
	s = (struct sys){COS_OP(in_a, COS_SINV), {ASK_NEST, 31, ASK_STOP}};
	EXPECT(OP(b.captbl, COS_CAPTBL_COPY, 31, CT, a.comp, COS_RIGHTS_ALL), 0);
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(OP(a.comp, COS_COMP_START), 0);
	EXPECT(OP(echo, COS_SINV), 0);
	/* An exception without a handler ends the invocation, not the component. */
	s = (struct sys){COS_OP(in_a, COS_SINV), {ASK_UD}};
	EXPECT(sys(&s), -COS_EREBOOT);
	s = (struct sys){COS_OP(in_a, COS_SINV), {ASK_UNMAPPED, 0xffffffff80100000}};
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(OP(echo, COS_SINV), 0);
	/* L3: no thread is inside, so it can be removed after its capabilities. */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, in_a), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, echo), 0);
	EXPECT(OP(a.captbl, COS_CAPTBL_REMOVE, 30), 0);
	EXPECT(OP(a.captbl, COS_CAPTBL_REMOVE, 31), 0);
	EXPECT(OP(b.captbl, COS_CAPTBL_REMOVE, 30), 0);
	EXPECT(OP(b.captbl, COS_CAPTBL_REMOVE, 31), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, a.comp), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, a.captbl), 0);
}

void test_depth(void)
{
	struct domain d;
	uint64_t in;
	struct sys s;

	/*
	 * I2: a component that invokes itself fills the invocation stack, to the same depth twice.
	 */
	domain_make(&d, 23);
	in = sinv_new(d.comp, recurse_entry, 1);
	EXPECT(OP(d.captbl, COS_CAPTBL_COPY, 30, CT, in, COS_RIGHTS_ALL), 0);
	for (unsigned i = 0; i < 2; i++) {
		s = (struct sys){COS_OP(in, COS_SINV), {0}};
		EXPECT(sys(&s), 0);
		EXPECT(s.arg[0], FRAMES - 1);
	}
}

void test_self(void)
{
	struct domain d;
	uint64_t in;
	struct sys s = {COS_OP(COS_CAP_SELF, COS_SELF_ID), {0}};

	EXPECT(sys(&s), COS_BOOT_TID);
	EXPECT(s.arg[0], 0);
	EXPECT(s.arg[1], COS_INV_BASE);
	EXPECT(OP(COS_CAP_SELF, COS_SELF_CALLER_GET, 0), -COS_ENOENT);
	EXPECT(OP(COS_CAP_SELF, COS_SELF_CALLER_SET, 0, 0), -COS_ENOENT);
	EXPECT(OP(COS_CAP_SELF, COS_SELF_CALLER_SET + 1, 0, 0), -COS_ENOSYS);
	EXPECT(OP(COS_CAP_SELF, 9), -COS_ENOSYS);
	EXPECT(OP(COS_CAP_RET, 1), -COS_ENOSYS);
	EXPECT(OP(3, 0), -COS_ECAP);
	domain_make(&d, 24);
	in = sinv_new(d.comp, server_entry, 1);
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_FRAME, 0}};
	EXPECT(sys(&s), 0);
	/* Our stack pointer. */
	EXPECT(s.arg[0] - (uint64_t)&s + 4096 < 8192, true);
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_FRAME, 1}};
	EXPECT(sys(&s), 0);
	EXPECT((long)s.arg[0], -COS_EINVAL);
}

static uint64_t program_run(struct domain *d, const void *entry, uint64_t tid, uint64_t gate_number)
{
	uint64_t gate = sinv_new(COS_BOOT_COMP, gate_entry, 0x77), thd;
	uint64_t handler = sinv_new(COS_BOOT_COMP, handler_entry, 1);

	domain_make(d, 25);
	domain_map(d, PROGRAM_SP - 4096, page_new(COS_MEM_USER), COS_PG_READ | COS_PG_WRITE);
	thd = thd_new(d->comp, tid, entry, 11);
	if (gate_number)
		EXPECT(OP(thd, COS_THD_GATE, gate_number), -COS_ENOENT);
	EXPECT(OP(d->comp, COS_COMP_SET_GATE, gate), 0);
	EXPECT(OP(d->comp, COS_COMP_SET_HANDLER, handler), 0);
	if (gate_number) {
		EXPECT(OP(thd, COS_THD_GATE, 1 << 16), -COS_EINVAL);
		EXPECT(OP(thd, COS_THD_GATE, gate_number), 0);
		EXPECT(OP(thd, COS_THD_GATE, gate_number), -COS_EBUSY);
	}
	shared->exit_status = 99;
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	return events_of(tid);
}

/* The gate's exit: this program's thread has ended and never runs again. */
void program_exit(void)
{
	OP(COS_BOOT_THD, COS_THD_SWITCH, 0, 0);
}

void test_gate(void)
{
	struct domain d;

	EXPECT(program_run(&d, program_entry, 3, 0), 0);
	EXPECT(shared->exit_status, 0);
	EXPECT(shared->inv_kind, COS_INV_GATE);
	/* Starts in the gate, by number. */
	EXPECT(program_run(&d, program_entry, 4, 60), 0);
	EXPECT(shared->exit_status, 11);
	/* A capability that it does not have: its handler is asked, and declines. */
	shared->faults[1] = 0;
	shared->answer[1] = 1;
	EXPECT(program_run(&d, program_capless_entry, 5, 0), COS_EVENT_DEAD);
	EXPECT(shared->faults[1], 1);
	EXPECT(shared->fault[0], COS_FAULT_CAP);
	EXPECT(shared->fault[5], 25);
}

static void faulty_make(struct domain *d, uint64_t *in, bool pager, bool handler)
{
	domain_make(d, 26);
	*in = sinv_new(d->comp, server_entry, 0x5555);
	if (pager)
		EXPECT(OP(d->comp, COS_COMP_SET_PAGER, sinv_new(COS_BOOT_COMP, pager_entry, 0)), 0);
	if (handler)
		EXPECT(OP(d->comp, COS_COMP_SET_HANDLER, sinv_new(COS_BOOT_COMP, handler_entry, 1)),
		       0);
	shared->faults[0] = shared->faults[1] = 0;
	shared->answer[0] = shared->answer[1] = 0;
	shared->fault_map = shared->fault_skip = shared->fault_regs_bad = 0;
}

/* fault() and server() run in our own component, on our thread's stack in the shared region. */
void test_pager(void)
{
	struct domain d;
	uint64_t in;
	struct sys s;

	faulty_make(&d, &in, true, false);
	shared->answer[0] = 1;
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_UNMAPPED, 0x66666000}};
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(shared->faults[0], 1);
	EXPECT(shared->fault[0], COS_FAULT_PAGE);
	EXPECT(shared->fault[1], 0x66666000);
	EXPECT(shared->fault[2], 6); /* a write from user level to what is not there */
	EXPECT(shared->fault[5], 26);
	EXPECT(shared->fault_regs_bad, 0);
	/* The page is there, but text is not writable. */
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_UNMAPPED, 0x400000}};
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(shared->fault[2], 7);
	/* Resolved: the write is repeated, and its result is there. */
	domain_map(&d, 0x66668000, page_new(COS_MEM_USER), COS_PG_READ);
	shared->answer[0] = 0;
	shared->fault_map = page_new(COS_MEM_USER);
	shared->fault_pgtbl = d.pgtbl;
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_UNMAPPED, 0x66669008}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 0x5555);
	EXPECT(shared->fault[1], 0x66669008);
	EXPECT(shared->fault_regs_bad, 0);
	/* The handler is not asked when the pager has resolved the fault. */
	EXPECT(shared->faults[1], 0);
}

void test_handler(void)
{
	struct domain d;
	uint64_t in;
	struct sys s;

	faulty_make(&d, &in, true, true);
	shared->answer[0] = 1;
	shared->fault_skip = 2;
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_UD}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 77);
	EXPECT(shared->faults[0], 0);
	EXPECT(shared->faults[1], 1);
	EXPECT(shared->fault[0], 6);
	EXPECT(shared->fault_regs_bad, 0);
	/* The pager declines, then the handler does. */
	shared->answer[1] = 1;
	s = (struct sys){COS_OP(in, COS_SINV), {ASK_UNMAPPED, 0x66667000}};
	EXPECT(sys(&s), -COS_EREBOOT);
	EXPECT(shared->faults[0], 1);
	EXPECT(shared->faults[1], 2);
	EXPECT(shared->fault[0], COS_FAULT_PAGE);
}
