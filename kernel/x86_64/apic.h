/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC: timer, interrupts between cores, end of interrupt. In x2APIC mode where the CPU
 * has it, else by memory (SDM 3A, chapter 10). The timer is the TSC's deadline where the CPU has
 * that, else the APIC's own count, at a frequency that is measured against the TSC.
 */
#ifndef X86_64_APIC_H
#define X86_64_APIC_H

#include <stdbool.h>
#include <stdint.h>

#define APIC_VECTOR_TIMER 0xf0
#define APIC_VECTOR_POKE 0xf1
#define APIC_VECTOR_SPURIOUS 0x2f

/*
 * A device that writes messages chooses vector and delivery mode. So no vector may be taken for
 * another thing than an interrupt:
 *	fixed, lowest priority	The task priority blocks all below IRQ_VECTOR_FIRST, exceptions'
 *				and the spurious one's among them (SDM 3A, 10.8.3.1). Each of the
 *				others is in service when it comes, and is ended.
 *	ExtINT			takes a vector from the legacy PIC, which has only these, from
 *				PIC_VECTORS on: they do nothing.
 *	NMI			is counted (trap.c).
 *	SMI, INIT		cannot be blocked here: interrupt remapping does it (service/dev).
 */
#define PIC_VECTORS 0x20

/* Set up the first core's, and mask the legacy PIC. Panics when there is no APIC. */
void apic_init(void);
/* Set up a further core's, like the first one's. */
void apic_init_core(void);
/* Is that the APIC id of a single core, which the APIC can address? All ones mean all cores. */
bool apic_id_valid(uint64_t id);
/* Commands (SDM 3A, 8.4.4). APIC_STARTUP has in addition the number of the page to start in. */
#define APIC_INIT 0x4500
#define APIC_STARTUP 0x4600
void apic_send(uint32_t id, uint32_t command);
/* Send an NMI to all cores but this one. */
void apic_stop_others(void);
/* Measure the timer's frequency against the TSC. Panics when it does not count. */
void apic_timer_init(void);
/* End of the interrupt with that vector. Does nothing for spurious ones and the legacy PIC's. */
void apic_eoi(unsigned vector);
uint64_t apic_paddr(void);

#endif
