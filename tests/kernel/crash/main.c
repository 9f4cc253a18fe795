/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first component: makes the kernel fail (hook.c) in way crash=N, on core=N; core=99: on all at
 * once. crash=CRASH_LINE_BUSY: the kernel has something to say while the serial line is busy.
 * crash=CRASH_WAYS: nothing but computing, on every core.
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

static uint32_t line(unsigned what)
{
	struct sys s = {COS_OP(port, COS_PORT_IN), {CRASH_PORT + what, 1}};

	EXPECT(sys(&s), 0);
	return (uint32_t)s.arg[0];
}

/* The kernel goes on at once, the text is in the log, and the timer brings it to the line. */
static _Noreturn void line_busy(void)
{
	uint64_t at = COS_LOG_BYTES / 2, start;
	struct sys s;
	struct domain d;

	domain_make(&d, 20);
	/* The end of the log: before it there is text, behind it there is none. */
	do
		s = (struct sys){COS_OP(COS_BOOT_HW, COS_HW_LOG_READ), {--at}};
	while (sys(&s) < 1);
	line(CRASH_LINE_BUSY);
	EXPECT(OP(sinv_new(d.comp, (void *)1, 0), COS_SINV), -COS_EREBOOT);
	s = (struct sys){COS_OP(COS_BOOT_HW, COS_HW_LOG_READ), {at + 1}};
	EXPECT(sys(&s), 16);
	EXPECT(line(CRASH_LINE_FREE), 0);
	start = tsc();
	while (line(CRASH_LINE_SENT) == 0 && tsc() - start < AGAIN_S * TSC_HZ)
		op_once(COS_BOOT_HW, COS_HW_IDLE, start + AGAIN_S * TSC_HZ, 0);
	EXPECT(line(CRASH_LINE_SENT) > 0, true);
	print("line: %lu failed\n", (uint64_t)test_failures);
	OP(COS_BOOT_HW, COS_HW_HALT, test_failures != 0);
	__builtin_trap();
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
	if (how == CRASH_LINE_BUSY)
		line_busy();
	test_cores();
	if (how == CRASH_WAYS)
		print("computing\n");
	for (unsigned c = 1; c < cores_used() && core != ALL; c++)
		if (c != core)
			core_run(c, count);
	/* Wait until they count. */
	while (cores_used() > 1 && core != ALL && !*(volatile uint64_t *)&counter)
		nap();
	for (unsigned c = 1; c < cores_used(); c++)
		if (c == core || core == ALL)
			core_run(c, crash);
	if (how == CRASH_WAYS)
		count(0);
	if (core == 0 || core == ALL)
		crash(0);
	for (;;)
		nap();
}
