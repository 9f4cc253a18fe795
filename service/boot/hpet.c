/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frequency of the TSC by the High Precision Event Timer (IA-PC HPET 1.0a), which says how long
 * its tick is. For machines on which the 8254 does not count.
 */
#include <cos/clock.h>
#include "../acpi/acpi.h"
#include "boot.h"

#define HPET_TABLE "HPET" /* 3.2.4 */
#define HPET_TABLE_MIN 56
#define HPET_SPACE 40 /* 0: memory */
#define HPET_ADDRESS 44

/* 2.3.4, 2.3.5, 2.3.7 */
#define HPET_LEN 1024
#define HPET_PERIOD 0x04 /* in femtoseconds */
#define HPET_CONF 0x10
#define HPET_ENABLE 1
#define HPET_COUNTER 0xf0	/* of 32 bits at least */
#define PERIOD_MAX_FS 100000000 /* 2.3.4: at most 100 ns */
#define FS_PER_NS 1000000

#define MEASURE_NS 30000000 /* long beside the time that a look takes */
#define LOOKS 64	    /* of which one is narrow even on a busy host */
#define ROUNDS 10	    /* 0.3 s */
#define ROUND_GOOD 20	    /* millionths */
#define UNIT 1000000
#define POLLS_MAX 10000000 /* seconds: the counter stands still */

struct look {
	uint64_t tsc, width; /* the counter was read within so many of the TSC's ticks from tsc */
	uint32_t count;
};

static volatile uint8_t *registers;

static uint32_t reg_read(unsigned reg)
{
	return *(volatile uint32_t *)(registers + reg);
}

/* Of several looks the one that took the shortest time. */
static struct look look_best(void)
{
	struct look best = {.width = UINT64_MAX};

	for (unsigned i = 0; i < LOOKS; i++) {
		uint64_t before = cos_tsc();
		uint32_t count = reg_read(HPET_COUNTER);
		uint64_t width = cos_tsc() - before;

		if (width < best.width)
			best = (struct look){before, width, count};
	}
	return best;
}

/* One measurement: the frequency, and its error in millionths; 0: the counter stands still. */
static uint64_t hpet_round(uint32_t period_fs, uint64_t *error)
{
	uint32_t ticks = (uint32_t)((uint64_t)MEASURE_NS * FS_PER_NS / period_fs);
	struct look first = look_best(), last;
	uint64_t tsc, ns;
	unsigned polls = 0;

	while (reg_read(HPET_COUNTER) - first.count < ticks)
		if (++polls == POLLS_MAX)
			return 0;
	last = look_best();
	tsc = last.tsc - first.tsc;
	ns = (uint64_t)(last.count - first.count) * period_fs / FS_PER_NS;
	*error = (first.width + last.width) * UNIT / tsc;
	return tsc / ns * COS_NS_PER_S + tsc % ns * COS_NS_PER_S / ns;
}

static uint64_t hpet_address(const struct cos_bootinfo *info)
{
	const uint8_t *table = NULL;
	uint64_t paddr, address = 0;
	size_t len;

	if (acpi_table_find(memory_physical, info->rsdp, HPET_TABLE, HPET_TABLE_MIN, &paddr,
			    &len) == 0)
		table = memory_physical(paddr, len);
	if (table == NULL || table[HPET_SPACE] != 0)
		return 0;
	for (unsigned i = 0; i < 8; i++)
		address |= (uint64_t)table[HPET_ADDRESS + i] << 8 * i;
	return address;
}

uint64_t hpet_tsc_hz(const struct cos_bootinfo *info)
{
	uint64_t address = hpet_address(info), hz = 0, best = UINT64_MAX, error = 0;
	uint32_t period_fs;

	registers = address != 0 ? memory_device(address, HPET_LEN) : NULL;
	if (registers == NULL)
		return 0;
	period_fs = reg_read(HPET_PERIOD);
	if (period_fs == 0 || period_fs > PERIOD_MAX_FS)
		return 0;
	*(volatile uint32_t *)(registers + HPET_CONF) = reg_read(HPET_CONF) | HPET_ENABLE;
	for (unsigned i = 0; i < ROUNDS && best > ROUND_GOOD; i++) {
		uint64_t one = hpet_round(period_fs, &error);

		if (one == 0)
			break;
		if (error < best) {
			best = error;
			hz = one;
		}
	}
	return hz;
}
