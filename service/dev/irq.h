/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt vectors for threads. */
#ifndef SERVICE_DEV_IRQ_H
#define SERVICE_DEV_IRQ_H

#include <stdint.h>

struct irq {
	long cap; /* of the end-point, in the captbl of the thread's domain */
	uint8_t vector;
	uint8_t apic_id;
};

/*
 * A vector of component owner whose interrupts are events for thread tid, which from now on waits
 * in COS_ARCV_WAIT. A thread has one end-point, however many vectors lead to it. Called with dev's
 * lock held. Negative COS_E*: nothing is bound.
 */
long irq_bind(long tid, long owner, struct irq *irq);
/* The end-point of thread tid, on which text in the kernel's log is an event from now on. Negative
 * COS_E*. */
long irq_log_bind(long tid);
/* The vector is not used after all: by the same thread, or another receiver of the core. */
void irq_free(const struct irq *irq);
/*
 * None of the owner's is used any more. Waits for a thread that goes from core to core, since each
 * can be freed on its own only: called without dev's lock.
 */
void irq_free_all(long owner);

#endif
