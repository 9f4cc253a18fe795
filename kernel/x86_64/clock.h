/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef X86_64_CLOCK_H
#define X86_64_CLOCK_H

#include <stdint.h>

/* Frequency of the TSC: what the CPU or the hypervisor says, else counted against the PIT. */
uint64_t clock_tsc_hz(void);
/* Seconds since 1970 by the battery-backed clock, which is taken to be in UTC. */
uint64_t clock_rtc(void);

#endif
