/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests by random steps share: TEST [STEPS [SEED]]. A failing step is reported with the seed.
 * TEST is the test's name, STEPS how many steps it takes by default. Time passes when the test says
 * so.
 */
#ifndef TEST_STEPS_H
#define TEST_STEPS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "quiesce.h"

static uint64_t now = 1, passed, seed, state, step;

uint64_t quiesce_stamp(void)
{
	return now;
}

bool quiesce_passed(uint64_t stamp)
{
	return stamp <= passed;
}

static unsigned any(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 20) % n;
}

static void must(const char *what, long got, long expected)
{
	if (got == expected)
		return;
	printf("FAIL " TEST ": step %lu: %s is %ld, not %ld (seed %lu)\n", step, what, got,
	       expected, seed);
	exit(1);
}

/* -> how many steps. */
static uint64_t steps_begin(int argc, char **argv)
{
	seed = argc > 2 ? strtoul(argv[2], NULL, 0) : (uint64_t)time(NULL);
	state = seed * 0x9e3779b97f4a7c15 + 1;
	return argc > 1 ? strtoul(argv[1], NULL, 0) : STEPS;
}

#endif
