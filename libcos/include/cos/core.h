/* SPDX-License-Identifier: BSD-2-Clause */
/* Cores: numbered from 0 (cos/abi.h). */
#ifndef COS_CORE_H
#define COS_CORE_H

#include <stdint.h>
#include <cos/clock.h>

#ifndef COS_FAKE_KERNEL
/* The core that runs this thread. sched may move the thread at any later moment. */
static inline unsigned cos_core(void)
{
	uint32_t low, high, core;

	__asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(core));
	return core;
}

static inline unsigned cos_ncores(void)
{
	return cos_bootinfo()->ncores;
}
#else
unsigned cos_core(void);
unsigned cos_ncores(void);
#endif

/* To be called in a loop that waits for another core. */
static inline void cos_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}

#endif
