/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <cos/syscall.h>
#include "boot.h"

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
#define RTC_POLLS_MAX 1000000
#define RTC_TRIES 4

struct rtc {
	uint8_t field[6]; /* second, minute, hour, day, month, year of the century */
};

static uint32_t port;

static uint8_t rtc_read(uint8_t index)
{
	struct cos_results results;

	boot_must(cos_op3(port, COS_PORT_OUT, CMOS_INDEX, 1, CMOS_NMI_OFF | index),
		  "cannot reach the clock", "");
	boot_must(cos_op_r(port, COS_PORT_IN, CMOS_DATA, 1, 0, 0, 0, 0, &results),
		  "cannot reach the clock", "");
	return (uint8_t)results.rdi;
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

uint64_t rtc_seconds(void)
{
	struct rtc t, again;
	unsigned v[6], status, pm, year;

	port = memory_cap();
	boot_must(cos_op4(COS_BOOT_HW, COS_HW_IOPORT, COS_BOOT_CAPTBL, port, CMOS_INDEX, CMOS_DATA),
		  "cannot reach the clock", "");
	t = rtc_snapshot();
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
