/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I/O interrupt controller (Intel 82093AA, May 1996).
 *
 * Supported: edge-triggered lines, fixed delivery to one processor, by its 8-bit APIC id.
 * Not supported: level-triggered lines, lowest-priority delivery, NMI, SMI and INIT.
 */
#ifndef SERVICE_DEV_IOAPIC_H
#define SERVICE_DEV_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

/* Route a pin and unmask it. regs: the controller's page. COS_EINVAL: it has no such pin. */
long ioapic_route(volatile uint32_t *regs, uint32_t pin, bool active_low, uint8_t vector,
		  uint8_t apic_id);
/* Let no interrupt come by the pin any more. */
void ioapic_mask(volatile uint32_t *regs, uint32_t pin);

#endif
