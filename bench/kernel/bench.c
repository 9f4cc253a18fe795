/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that the kernel's paths take. QEMU with -icount shift=0 advances the TSC by as many
 * ticks an instruction as 100 NOPs show; the loop around each call is subtracted.
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define ROUNDS 1000

long bench_nothing(long n, uint64_t call);
long bench_nops(long n, uint64_t call);
long bench_call(long n, uint64_t call);
long bench_stub(long n, uint64_t call);
extern char yield_entry[], wait_entry[];
_Noreturn void main(void);

static long loop, nops; /* ticks of ROUNDS: of the empty loop, of 100 NOPs beyond it */

/* user: the instructions of user level in each round. */
static void row(const char *name, long (*bench)(long, uint64_t), uint64_t call, long user)
{
	long instructions;

	bench(10, call);
	instructions = (bench(ROUNDS, call) - loop) * 100 / nops;
	print("%s %ld, of which %ld in the kernel\n", name, instructions, instructions - user);
}

_Noreturn void main(void)
{
	struct domain d;
	uint64_t empty, same, yield, wait, arcv, asnd;

	setup();
	domain_make(&d, 40);
	empty = sinv_new(d.comp, empty_entry, 1);
	same = sinv_new(COS_BOOT_COMP, empty_entry, 1);
	loop = bench_nothing(ROUNDS, 0);
	nops = bench_nops(ROUNDS, 0) - loop;
	print("ticks of 100 NOPs: %ld; instructions of:\n", nops / ROUNDS);
	row("sinv + sret, empty             ", bench_call, COS_OP(empty, COS_SINV), 6);
	row("sinv + sret, same page table   ", bench_call, COS_OP(same, COS_SINV), 6);
	row("sinv + sret, with a stub       ", bench_stub, COS_OP(empty, COS_SINV), 22);
	row("operation that is refused      ", bench_call, COS_OP(CT, COS_CAPTBL_REMOVE), 4);
	yield = thd_new(COS_BOOT_COMP, 3, yield_entry, COS_OP(COS_BOOT_THD, COS_THD_SWITCH));
	row("two thread switches            ", bench_call, COS_OP(yield, COS_THD_SWITCH), 9);
	yield = thd_new(d.comp, 5, yield_entry, COS_OP(9, COS_THD_SWITCH));
	EXPECT(OP(d.captbl, COS_CAPTBL_COPY, 9, CT, COS_BOOT_THD, COS_RIGHTS_ALL), 0);
	row("two, to another page table     ", bench_call, COS_OP(yield, COS_THD_SWITCH), 9);
	arcv = slot_new();
	asnd = slot_new();
	wait = thd_new(COS_BOOT_COMP, 4, wait_entry, COS_OP(arcv, COS_ARCV_WAIT));
	EXPECT(OP(CT, COS_MK_ARCV, arcv, wait), 0);
	EXPECT(OP(CT, COS_MK_ASND, asnd, arcv), 0);
	EXPECT(OP(wait, COS_THD_PRIO, 1), 0);
	EXPECT(OP(wait, COS_THD_SWITCH, 0, 0), 0);
	row("asnd, receiver runs, waits again", bench_call, COS_OP(asnd, COS_ASND), 8);
	print("END %lu failed\n", (uint64_t)test_failures);
	OP(COS_BOOT_HW, COS_HW_HALT, 0);
	__builtin_trap();
}
