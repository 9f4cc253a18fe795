/* SPDX-License-Identifier: BSD-2-Clause */
/* Time from the TSC (cos/clock.h). A frequency is rarely whole, so products are 128 bits wide. */
#include <cos/clock.h>

/* a * b / c with 128 bits in between; saturates where the result does not fit. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t low, high, rest;

	__asm__("mul %3" : "=a"(low), "=d"(high) : "0"(a), "r"(b) : "cc");
	if (high >= c)
		return UINT64_MAX;
	__asm__("div %4" : "=a"(low), "=d"(rest) : "0"(low), "1"(high), "r"(c) : "cc");
	return low;
}

uint64_t cos_ticks_to_ns(uint64_t ticks)
{
	return scale(ticks, COS_NS_PER_S, cos_bootinfo()->tsc_hz);
}

uint64_t cos_ns_to_ticks(uint64_t ns)
{
	return scale(ns, cos_bootinfo()->tsc_hz, COS_NS_PER_S);
}

uint64_t cos_now_ns(void)
{
	return cos_ticks_to_ns(cos_tsc() - cos_bootinfo()->tsc_boot) + 1;
}

uint64_t cos_wall_ns(void)
{
	return cos_bootinfo()->wall_boot_ns + cos_now_ns();
}

uint64_t cos_tsc_at_ns(uint64_t ns)
{
	uint64_t boot = cos_bootinfo()->tsc_boot, ticks = cos_ns_to_ticks(ns);

	return ticks < UINT64_MAX - boot ? boot + ticks : UINT64_MAX;
}
