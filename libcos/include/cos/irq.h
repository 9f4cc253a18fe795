/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for interrupts, on the end-point that dev_irq_bind gave to this thread. */
#ifndef COS_IRQ_H
#define COS_IRQ_H

#include <cos/syscall.h>

/* Block until there has been an event since the last call. The number of events, or COS_E*. */
static inline long cos_arcv_wait(long cap)
{
	return cos_op1((uint64_t)cap, COS_ARCV_WAIT, 0);
}

/* The same, at once: 0 if there was none. */
static inline long cos_arcv_poll(long cap)
{
	return cos_op1((uint64_t)cap, COS_ARCV_WAIT, COS_ARCV_POLL);
}

#endif
