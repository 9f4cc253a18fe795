/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cos_bootinfo says of time: the frequency of the TSC, and the time of day.
 *
 * The frequency is what the CPU or the hypervisor says. If neither does, it is measured against the
 * 8254, or against the HPET (hpet.c) if the 8254 does not count. Two clocks are compared by reading
 * one between two readings of the other. Under a hypervisor any of these may be held up for longer
 * than the whole measurement; the two readings are then far apart. So each measurement knows its
 * own error, in millionths: the first one below CLOCK_ROUND_GOOD is taken, else the best of
 * CLOCK_ROUNDS_MAX.
 *
 * The time of day is that of the battery-backed clock (MC146818), taken as UTC.
 */
#include <stdbool.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "boot.h"

#define CLOCK_ROUNDS_MAX 10 /* 0.3 s */
#define CLOCK_ERROR_UNIT 1000000
#define CLOCK_ROUND_GOOD 20 /* millionths: less than the crystals of two machines differ */

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
#define PIT_TICKS (PIT_HZ / 30)
#define PIT_MOMENTS 128
#define PIT_REFINE 2
#define FRACTION 16
#define PIT_START 0xffff
#define PIT_POLLS_MAX 10000000 /* seconds: the 8254 does not count */

/* MC146818: an index register, and the data at it */
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define CMOS_NMI_OFF 0x80
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_B 0x0b
#define RTC_UPDATING 0x80
#define RTC_24_HOURS 0x02
#define RTC_BINARY 0x04
#define RTC_PM 0x80
#define RTC_POLLS_MAX 1000000 /* an update takes 2 ms */
#define RTC_TRIES 4	      /* the clock changes once a second: the second try succeeds */

struct cpuid {
	uint32_t a, b, c, d;
};

static struct cpuid cpuid_leaf(uint32_t leaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(0));
	return r;
}

static uint32_t ports; /* capability */

static void port_write(uint16_t port, uint8_t value)
{
	boot_must(cos_op3(ports, COS_PORT_OUT, port, 1, value), "cannot reach", "the clocks");
}

static uint8_t port_read(uint16_t port)
{
	struct cos_results results;

	boot_must(cos_op_r(ports, COS_PORT_IN, port, 1, 0, 0, 0, 0, &results), "cannot reach",
		  "the clocks");
	return (uint8_t)results.rdi;
}

static uint64_t tsc_hz_said(void)
{
	struct cpuid r;

	if (cpuid_leaf(1).c & CPUID_HYPERVISOR) {
		if (cpuid_leaf(HYPERVISOR_LEAF).a >= HYPERVISOR_TIMING) {
			r = cpuid_leaf(HYPERVISOR_TIMING);
			if (r.a)
				return (uint64_t)r.a * 1000;
		}
	}
	if (cpuid_leaf(0).a >= CPUID_TSC_LEAF) {
		r = cpuid_leaf(CPUID_TSC_LEAF);
		if (r.a && r.b && r.c)
			return (uint64_t)r.c * r.b / r.a;
	}
	return 0;
}

/* Times of the TSC and the counter's ticks, both since a measurement began. */
struct moment {
	int64_t tsc;
	uint64_t width; /* TSC ticks during which the counter was read */
	int64_t ticks;
};

static struct moment pit_moment(uint64_t start)
{
	uint64_t before = cos_tsc(), after;
	uint8_t low;

	port_write(PIT_COMMAND, PIT_CHANNEL2_LATCH);
	after = cos_tsc();
	low = port_read(PIT_CHANNEL2);
	return (struct moment){(int64_t)(before - start), after - before,
			       PIT_START - (low | port_read(PIT_CHANNEL2) << 8)};
}

/*
 * The time at which the counter began, by a number of moments, if a tick takes period (both times
 * are << FRACTION): at each moment it had made its ticks and not one more. Since polls and ticks
 * are out of step, many moments together are more exact than one tick or one poll.
 */
static int64_t pit_origin(const struct moment *moment, int64_t period, uint64_t *unsure)
{
	int64_t first = INT64_MIN, last = INT64_MAX;
	uint64_t narrow = UINT64_MAX;

	for (unsigned i = 0; i < PIT_MOMENTS; i++)
		narrow = moment[i].width < narrow ? moment[i].width : narrow;
	for (unsigned i = 0; i < PIT_MOMENTS; i++) {
		int64_t at = (moment[i].tsc << FRACTION) - moment[i].ticks * period;

		/* This reading was held up. */
		if (moment[i].width > 2 * narrow)
			continue;
		last = at < last ? at : last;
		first = at - period > first ? at - period : first;
	}
	*unsure += (uint64_t)(last > first ? last - first : first - last);
	return first / 2 + last / 2;
}

static bool pit_silent; /* the 8254 does not count */

/*
 * One measurement: the frequency, and its error in millionths; 0: the counter wrapped meanwhile, or
 * there is none.
 */
static uint64_t pit_round(uint64_t *error)
{
	uint8_t control = (uint8_t)(port_read(PIT_CONTROL) & ~PIT_SPEAKER);
	struct moment first[PIT_MOMENTS], last[PIT_MOMENTS];
	int64_t period, ticks;
	uint64_t start, unsure;
	unsigned polls = 0;

	port_write(PIT_CONTROL, (uint8_t)(control | PIT_GATE));
	port_write(PIT_COMMAND, PIT_CHANNEL2_ONESHOT);
	port_write(PIT_CHANNEL2, PIT_START & 0xff);
	port_write(PIT_CHANNEL2, PIT_START >> 8);
	start = cos_tsc();
	for (unsigned i = 0; i < PIT_MOMENTS; i++)
		first[i] = pit_moment(start);
	while (pit_moment(start).ticks < PIT_TICKS && !(port_read(PIT_CONTROL) & PIT_OUTPUT))
		if (++polls == PIT_POLLS_MAX) {
			pit_silent = true;
			return 0;
		}
	for (unsigned i = 0; i < PIT_MOMENTS; i++)
		last[i] = pit_moment(start);
	ticks = last[PIT_MOMENTS / 2].ticks - first[PIT_MOMENTS / 2].ticks;
	if ((port_read(PIT_CONTROL) & PIT_OUTPUT) || ticks <= 0)
		return 0;
	period = ((last[PIT_MOMENTS / 2].tsc - first[PIT_MOMENTS / 2].tsc) << FRACTION) / ticks;
	for (unsigned i = 0; i < PIT_REFINE; i++) {
		int64_t origin;

		unsure = 0;
		origin = pit_origin(first, period, &unsure);
		period += (pit_origin(last, period, &unsure) - origin) / ticks;
	}
	*error = unsure / (uint64_t)(period * ticks / CLOCK_ERROR_UNIT);
	return (uint64_t)(period * PIT_HZ) >> FRACTION;
}

static uint64_t tsc_hz(const struct cos_bootinfo *info)
{
	uint64_t hz = tsc_hz_said(), best = UINT64_MAX;

	if (hz)
		return hz;
	for (unsigned i = 0; i < CLOCK_ROUNDS_MAX && best > CLOCK_ROUND_GOOD && !pit_silent; i++) {
		uint64_t error, one = pit_round(&error);

		if (one && error < best) {
			best = error;
			hz = one;
		}
	}
	if (!hz)
		hz = hpet_tsc_hz(info);
	if (!hz)
		boot_must(-COS_ENODEV, "no way to find the frequency of", "the TSC");
	return hz;
}

struct rtc {
	uint8_t field[6]; /* second, minute, hour, day, month, year of the century */
};

static uint8_t rtc_read(uint8_t index)
{
	port_write(CMOS_INDEX, CMOS_NMI_OFF | index);
	return port_read(CMOS_DATA);
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

static uint64_t rtc_seconds(void)
{
	struct rtc t = rtc_snapshot(), again;
	unsigned v[6], status, pm, year;

	/* The same twice: it did not change while it was read. */
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

void clock_init(struct cos_bootinfo *info)
{
	uint64_t ticks;

	ports = memory_cap();
	boot_must(cos_op4(COS_BOOT_HW, COS_HW_IOPORT, COS_BOOT_CAPTBL, ports, PIT_CHANNEL2,
			  CMOS_DATA),
		  "cannot reach", "the clocks");
	info->tsc_hz = tsc_hz(info);
	cos_assert(info->tsc_hz != 0);
	cos_log("boot: the TSC counts %lu kHz\n", info->tsc_hz / 1000);
	info->wall_boot_ns = rtc_seconds() * COS_NS_PER_S;
	ticks = cos_tsc() - info->tsc_boot;
	info->wall_boot_ns -= ticks / info->tsc_hz * COS_NS_PER_S +
			      ticks % info->tsc_hz * COS_NS_PER_S / info->tsc_hz;
}
