/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt vectors for threads; see irq.c. */
#ifndef SERVICE_DEV_IRQ_H
#define SERVICE_DEV_IRQ_H

#include <stdint.h>

struct irq {
	long cap; /* of the end-point, in the captbl of the thread's domain */
	uint8_t vector;
	uint8_t apic_id;
};

/*
 * Bind a vector of component owner, whose interrupts are events for thread tid. The thread waits
 * for them in COS_ARCV_WAIT. dev_lock is held. Negative COS_E*: nothing is bound.
 */
long irq_bind(long tid, long owner, struct irq *irq);
/* Make text in the kernel's log an event of thread tid: its end-point, or negative COS_E*. */
long irq_log_bind(long tid);
/* Free a vector that is not used after all. By a thread of its core. */
void irq_free(const struct irq *irq);
/*
 * Free all vectors of the owner. Waits for a thread that goes from core to core (irq.c, I3): to be
 * called without dev_lock.
 */
void irq_free_all(long owner);

#endif
