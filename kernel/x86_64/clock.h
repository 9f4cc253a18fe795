/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef X86_64_CLOCK_H
#define X86_64_CLOCK_H

#include <stdint.h>

/*
 * Two clocks are compared by reading one between two readings of the other. Under a hypervisor any
 * of it may be held up, for longer than all that is measured: then the two are far apart. What is
 * unsure is known so, in millionths: a round with less is good, else the best of many counts.
 */
#define CLOCK_ROUNDS_MAX 50
#define CLOCK_ERROR_UNIT 1000000
#define CLOCK_ROUND_GOOD 500

/* Frequency of the TSC: what the CPU or the hypervisor says, else counted against the PIT. */
uint64_t clock_tsc_hz(void);

#endif
