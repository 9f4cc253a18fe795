/* SPDX-License-Identifier: BSD-2-Clause */
/* The loops of a benchmark, and what they took (bench.h). */
#include "bench.h"

#define ROUNDS 31

BENCH_LOOP(loop_empty, (void)0)

uint64_t bench_median(uint64_t *value, unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		for (unsigned j = i; j > 0 && value[j - 1] > value[j]; j--) {
			uint64_t larger = value[j - 1];

			value[j - 1] = value[j];
			value[j] = larger;
		}
	return value[count / 2];
}

static uint64_t turns(void (*loop)(long n), long n)
{
	uint64_t spent[ROUNDS];

	loop(1); /* what only the first turn has to do */
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t start = bench_ticks();

		loop(n);
		spent[i] = bench_ticks() - start;
	}
	return bench_median(spent, ROUNDS);
}

void bench_loop(const char *name, void (*loop)(long n), long n)
{
	uint64_t empty = turns(loop_empty, n), spent = turns(loop, n);

	if (spent < empty)
		spent = empty;
	bench_value(name, ((spent - empty) * 10 + (uint64_t)n / 2) / (uint64_t)n);
}
