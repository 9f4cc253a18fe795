/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, without an invocation: from the TSC and the page at COS_BOOTINFO_VA. */
#ifndef COS_CLOCK_H
#define COS_CLOCK_H

#include <stdint.h>
#include <cos/abi.h>
#include <cos/layout.h>

#define COS_NS_PER_S 1000000000ULL
#define COS_NS_PER_MS 1000000ULL

static inline const struct cos_bootinfo *cos_bootinfo(void)
{
	uintptr_t va = COS_BOOTINFO_VA;

	__asm__("" : "+r"(va)); /* hides from the compiler that no object is there */
	return (const struct cos_bootinfo *)va;
}

#ifndef COS_FAKE_KERNEL
static inline uint64_t cos_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}
#else
uint64_t cos_tsc(void);
#endif

/* TSC ticks since boot <-> nanoseconds since boot, without rounding errors that add up. */
uint64_t cos_ticks_to_ns(uint64_t ticks);
uint64_t cos_ns_to_ticks(uint64_t ns);

/* Monotonic, nanoseconds since boot; never 0. */
uint64_t cos_now_ns(void);
/* Nanoseconds since 1970. */
uint64_t cos_wall_ns(void);
/* The TSC at a time of cos_now_ns's clock; UINT64_MAX: beyond what the TSC counts. */
uint64_t cos_tsc_at_ns(uint64_t ns);

#endif
