/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What user level must not execute: instructions of the kernel (privilege.S), and what is writable.
 * The checked kernel looks at the registers that refuse these (check.c).
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define DATA_VA 0x41000000
#define FAULT_PROTECTION 13
#define ERROR_EXECUTE 0x15 /* present, user level, instruction fetch (SDM 3A, 4.7) */
#define CPUID7_UMIP 4	   /* leaf 7, ecx */
#define RET 0xc3

extern char try_entry[], jump_entry[];

static bool umip(void)
{
	uint32_t a = 7, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return c & CPUID7_UMIP;
}

static void try(uint64_t in, uint64_t n)
{
	struct sys s = {COS_OP(in, COS_SINV), {n}};
	bool allowed = n < TRY_UMIP && !umip();
	unsigned failures = test_failures;

	shared->faults[1] = shared->fault[0] = 0;
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], allowed);
	EXPECT(shared->faults[1], !allowed);
	if (!allowed && n < TRY_OTHER)
		EXPECT(shared->fault[0], FAULT_PROTECTION);
	if (test_failures != failures)
		print("that was instruction %lu of privilege.S\n", n);
}

void test_privilege(void)
{
	const struct domain self = {CT, COS_BOOT_PGTBL, COS_BOOT_COMP};
	uint64_t in, page = page_new(COS_MEM_USER);
	struct domain d;

	domain_make(&d, 29);
	in = sinv_new(d.comp, try_entry, 0);
	EXPECT(OP(d.comp, COS_COMP_SET_HANDLER, sinv_new(COS_BOOT_COMP, handler_entry, 1)), 0);
	shared->answer[1] = shared->fault_map = shared->fault_regs_bad = 0;
	shared->fault_skip = TRY_SKIP;
	for (uint64_t n = 0; n < TRIES; n++)
		try(in, n);
	EXPECT(shared->fault_regs_bad, 0);
	/* Data is not executed, whatever component wrote it. */
	domain_map(&self, DATA_VA, page, COS_PG_READ | COS_PG_WRITE);
	*(volatile uint8_t *)DATA_VA = RET;
	domain_map(&d, DATA_VA, page, COS_PG_READ | COS_PG_WRITE);
	shared->answer[1] = 1;
	EXPECT(OP(sinv_new(d.comp, jump_entry, 0), COS_SINV, DATA_VA), -COS_EREBOOT);
	EXPECT(shared->fault[0], COS_FAULT_PAGE);
	EXPECT(shared->fault[2], ERROR_EXECUTE);
	shared->fault_skip = shared->answer[1] = 0;
}
