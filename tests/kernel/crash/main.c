/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first component: makes the kernel fail (hook.c) in way crash=N, on core=N; core=99: on all at
 * once.
 */
#include "crash.h"
#include "test.h"

#define ALL 99

_Noreturn void main(void);
static uint64_t port, how, counter;

static void crash(unsigned core)
{
	(void)core;
	OP(port, COS_PORT_IN, CRASH_PORT + how, 1, (uint64_t)&counter);
}

static void count(unsigned core)
{
	(void)core;
	for (;;)
		__atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
}

_Noreturn void main(void)
{
	unsigned core = (unsigned)option("core=", 0);

	setup();
	cores_setup();
	port = slot_new();
	how = option("crash=", CRASH_WRITE);
	EXPECT(OP(COS_BOOT_HW, COS_HW_IOPORT, COS_BOOT_CAPTBL, port, CRASH_PORT,
		  CRASH_PORT + CRASH_WAYS),
	       0);
	test_cores();
	for (unsigned c = 1; c < cores_used() && core != ALL; c++)
		if (c != core)
			core_run(c, count);
	/* Wait until they count. */
	while (cores_used() > 1 && core != ALL && !*(volatile uint64_t *)&counter)
		nap();
	for (unsigned c = 1; c < cores_used(); c++)
		if (c == core || core == ALL)
			core_run(c, crash);
	if (core == 0 || core == ALL)
		crash(0);
	for (;;)
		nap();
}
