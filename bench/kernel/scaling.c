/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocations in pairs of components, a pair for each core, on 1, 2, 4 and 8 cores at once while
 * the others halt. A pair is a client and a server, each with a page table and a capability table
 * of its own, so that the cores share nothing.
 *
 * Prints: scaling CORES INVOCATIONS TICKS HZ. TICKS of the TSC pass from the first core's start to
 * the last one's end. With -icount that clock counts the instructions of all cores together,
 * whichever of them the emulator runs. So TICKS / INVOCATIONS are the instructions of one, with all
 * that any core did meanwhile. Otherwise it is time.
 */
#include <stdatomic.h>
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define CLIENT_SINV 9 /* in the client's table */
#define TID 32
#define ROUNDS 20000UL
#define TIMES 5

/* 8254, channel 2; its gate and output are in port 0x61 */
#define PIT_HZ 1193182
#define PIT_COUNT 0xffff
#define PIT_FIRST 0x42
#define PIT_LAST 0x61
#define PIT_ONESHOT 0xb0
#define PIT_GATE 1
#define PIT_OUTPUT 0x20

extern char scaling_entry[];
_Noreturn void main(void);

static struct pair {
	uint64_t client;
	uint64_t start, end;
	long status;
} __attribute__((aligned(64))) pair[CORES];
static _Atomic unsigned ready, cores_now;

static void pair_make(unsigned c)
{
	struct domain client, server;
	static uint64_t made;

	domain_make(&client, 50 + 2 * made);
	domain_make(&server, 51 + 2 * made);
	EXPECT(OP(client.captbl, COS_CAPTBL_COPY, CLIENT_SINV, CT,
		  sinv_new(server.comp, empty_entry, 1), COS_RIGHTS_ALL),
	       0);
	pair[c].client = thd_new(client.comp, TID + made, scaling_entry,
				 ROUNDS << 32 | COS_OP(CLIENT_SINV, COS_SINV));
	if (c)
		EXPECT(op_once(pair[c].client, COS_THD_MOVE, c, 0), 0);
	made++;
}

static void pair_run(unsigned c)
{
	struct pair *p = &pair[c];

	ready++;
	while (ready < cores_now)
		__asm__ volatile("pause");
	p->start = tsc();
	do {
		p->status = op_once(p->client, COS_THD_SWITCH, 0, 0);
		core_events(c);
	} while (p->status == 0 || p->status == -COS_EAGAIN);
	p->end = tsc();
}

static void run_on(unsigned cores, uint64_t hz)
{
	uint64_t start = UINT64_MAX, end = 0;

	ready = 0;
	cores_now = cores;
	for (unsigned c = 0; c < cores; c++)
		pair_make(c);
	for (unsigned c = 1; c < cores; c++)
		core_run(c, pair_run);
	pair_run(0);
	cores_wait();
	for (unsigned c = 0; c < cores; c++) {
		/* Dead: it has done all its rounds. */
		EXPECT(pair[c].status, -COS_EDEAD);
		start = pair[c].start < start ? pair[c].start : start;
		end = pair[c].end > end ? pair[c].end : end;
	}
	print("scaling %lu %lu %lu %lu\n", (uint64_t)cores, ROUNDS * cores, end - start, hz);
}

static uint64_t port;

static uint8_t pit(uint64_t at, bool write, uint64_t value)
{
	struct sys s = {COS_OP(port, write ? COS_PORT_OUT : COS_PORT_IN), {at, 1, value}};

	EXPECT(sys(&s), 0);
	return (uint8_t)s.arg[0];
}

static uint64_t tsc_hz(void)
{
	uint64_t start;

	port = slot_new();
	EXPECT(OP(COS_BOOT_HW, COS_HW_IOPORT, CT, port, PIT_FIRST, PIT_LAST), 0);
	pit(PIT_LAST, true, PIT_GATE);
	pit(PIT_FIRST + 1, true, PIT_ONESHOT);
	pit(PIT_FIRST, true, PIT_COUNT & 0xff);
	pit(PIT_FIRST, true, PIT_COUNT >> 8);
	start = tsc();
	while (!(pit(PIT_LAST, false, 0) & PIT_OUTPUT) && test_failures == 0)
		;
	return (tsc() - start) * PIT_HZ / PIT_COUNT;
}

_Noreturn void main(void)
{
	uint64_t hz;

	setup();
	cores_setup();
	test_cores(); /* starts their scheduler threads */
	hz = tsc_hz();
	for (unsigned i = 0; i < TIMES; i++)
		for (unsigned cores = 1; cores <= cores_used(); cores *= 2)
			run_on(cores, hz);
	print("END %lu failed\n", (uint64_t)test_failures);
	OP(COS_BOOT_HW, COS_HW_HALT, test_failures != 0);
	__builtin_trap();
}
