/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include "clock.h"
#include "log.h"
#include "machine.h"
#include "x86.h"

#define HYPERVISOR_LEAF 0x40000000
#define HYPERVISOR_TIMING 0x40000010 /* eax: kHz of the TSC */
#define CPUID_HYPERVISOR (1u << 31)  /* leaf 1, ecx */
#define CPUID_TSC_LEAF 0x15	     /* SDM 2A, CPUID */

/* 8254, channel 2, whose gate and output are in port 0x61 */
#define PIT_HZ 1193182
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_CHANNEL2_ONESHOT 0xb0 /* mode 0 */
#define PIT_CHANNEL2_LATCH 0x80
#define PIT_CONTROL 0x61
#define PIT_GATE 0x01
#define PIT_SPEAKER 0x02
#define PIT_OUTPUT 0x20
#define PIT_TICKS (PIT_HZ / 50)
#define PIT_START 0xffff
#define PIT_POLLS_MAX 10000000

static uint64_t tsc_hz_said(void)
{
	struct cpuid r;

	if (x86_cpuid(1, 0).c & CPUID_HYPERVISOR) {
		if (x86_cpuid(HYPERVISOR_LEAF, 0).a >= HYPERVISOR_TIMING) {
			r = x86_cpuid(HYPERVISOR_TIMING, 0);
			if (r.a)
				return (uint64_t)r.a * 1000;
		}
	}
	if (x86_cpuid(0, 0).a >= CPUID_TSC_LEAF) {
		r = x86_cpuid(CPUID_TSC_LEAF, 0);
		if (r.a && r.b && r.c)
			return (uint64_t)r.c * r.b / r.a;
	}
	return 0;
}

struct moment {
	uint64_t tsc;
	uint64_t width; /* the count was read within so many ticks of the TSC */
	uint16_t count;
};

static struct moment pit_moment(void)
{
	struct moment m = {.tsc = machine_tsc()};
	uint8_t low;

	x86_out8(PIT_COMMAND, PIT_CHANNEL2_LATCH);
	m.width = machine_tsc() - m.tsc;
	low = x86_in8(PIT_CHANNEL2);
	m.count = (uint16_t)(low | x86_in8(PIT_CHANNEL2) << 8);
	return m;
}

/* One measurement: the frequency, the interval that was measured and what is unsure of that, in
 * ticks of the TSC; 0: it took so long that the counter went round. */
static uint64_t pit_round(uint64_t *interval, uint64_t *width)
{
	uint8_t control = (uint8_t)(x86_in8(PIT_CONTROL) & ~PIT_SPEAKER);
	struct moment first, last;
	unsigned polls = 0;

	x86_out8(PIT_CONTROL, (uint8_t)(control | PIT_GATE));
	x86_out8(PIT_COMMAND, PIT_CHANNEL2_ONESHOT);
	x86_out8(PIT_CHANNEL2, PIT_START & 0xff);
	x86_out8(PIT_CHANNEL2, PIT_START >> 8);
	first = pit_moment();
	do {
		last = pit_moment();
		if (++polls == PIT_POLLS_MAX)
			log_panic("no way to find the frequency of the TSC");
	} while ((uint16_t)(first.count - last.count) < PIT_TICKS &&
		 !(x86_in8(PIT_CONTROL) & PIT_OUTPUT));
	if (x86_in8(PIT_CONTROL) & PIT_OUTPUT)
		return 0;
	*interval = last.tsc - first.tsc;
	*width = first.width + last.width;
	return *interval * PIT_HZ / (uint16_t)(first.count - last.count);
}

uint64_t clock_tsc_hz(void)
{
	uint64_t hz = tsc_hz_said(), best = UINT64_MAX;

	if (hz)
		return hz;
	for (unsigned i = 0; i < CLOCK_ROUNDS_MAX && best > CLOCK_ROUND_GOOD; i++) {
		uint64_t interval, width, one = pit_round(&interval, &width);
		uint64_t error = one ? width * CLOCK_ERROR_UNIT / interval : UINT64_MAX;

		if (error < best) {
			best = error;
			hz = one;
		}
	}
	if (!hz)
		log_panic("no way to find the frequency of the TSC");
	return hz;
}
