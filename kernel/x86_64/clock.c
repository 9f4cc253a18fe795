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

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define CMOS_NMI_OFF 0x80
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_B 0x0b
#define RTC_UPDATING 0x80
#define RTC_24_HOURS 0x02
#define RTC_BINARY 0x04
#define RTC_PM 0x80
#define RTC_POLLS_MAX 1000000
#define RTC_TRIES 4

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

struct rtc {
	uint8_t field[6]; /* second, minute, hour, day, month, year of the century */
};

static uint8_t rtc_read(uint8_t index)
{
	x86_out8(CMOS_INDEX, CMOS_NMI_OFF | index);
	return x86_in8(CMOS_DATA);
}

static struct rtc rtc_snapshot(void)
{
	static const uint8_t index[6] = {0, 2, 4, 7, 8, 9};
	struct rtc t;

	for (unsigned i = 0; i < RTC_POLLS_MAX; i++)
		if (!(rtc_read(RTC_STATUS_A) & RTC_UPDATING))
			break;
	for (unsigned i = 0; i < 6; i++)
		t.field[i] = rtc_read(index[i]);
	return t;
}

static bool rtc_equal(const struct rtc *a, const struct rtc *b)
{
	for (unsigned i = 0; i < 6; i++)
		if (a->field[i] != b->field[i])
			return false;
	return true;
}

static unsigned from_bcd(unsigned value)
{
	return (value >> 4) * 10 + (value & 15);
}

/* Days from 1970-01-01 in the Gregorian calendar: years are counted from March. */
static uint64_t days(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month > 2 ? year : year - 1;
	unsigned m = month > 2 ? month - 3 : month + 9;

	return (uint64_t)y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

uint64_t clock_rtc(void)
{
	struct rtc t = rtc_snapshot(), again;
	unsigned v[6], status, pm, year;

	/* Twice the same: it did not change while it was read. */
	for (unsigned i = 0; i < RTC_TRIES; i++) {
		again = rtc_snapshot();
		if (rtc_equal(&t, &again))
			break;
		t = again;
	}
	status = rtc_read(RTC_STATUS_B);
	pm = t.field[2] & RTC_PM;
	if (!(status & RTC_24_HOURS))
		t.field[2] &= (uint8_t)~RTC_PM;
	for (unsigned i = 0; i < 6; i++)
		v[i] = status & RTC_BINARY ? t.field[i] : from_bcd(t.field[i]);
	if (!(status & RTC_24_HOURS))
		v[2] = v[2] % 12 + (pm ? 12 : 0);
	year = v[5] + (v[5] < 70 ? 2000 : 1900);
	if (v[4] < 1 || v[4] > 12 || v[3] < 1 || v[3] > 31)
		return 0;
	return ((days(year, v[4], v[3]) * 24 + v[2]) * 60 + v[1]) * 60 + v[0];
}
