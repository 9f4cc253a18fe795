/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O interrupt controller (Intel 82093AA, May 1996). */
#ifndef SERVICE_DEV_IOAPIC_H
#define SERVICE_DEV_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

/* regs: its page. Edge-triggered, fixed delivery, not masked. -COS_EINVAL: it has no such pin. */
long ioapic_route(volatile uint32_t *regs, uint32_t pin, bool active_low, uint8_t vector,
		  uint8_t apic_id);
/* No interrupt comes by the pin any more. */
void ioapic_mask(volatile uint32_t *regs, uint32_t pin);

#endif
