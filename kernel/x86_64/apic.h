/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC: its timer, end of interrupt. x2APIC where the CPU has it (SDM 3A, chapter 10). */
#ifndef X86_64_APIC_H
#define X86_64_APIC_H

#include <stdint.h>

#define APIC_VECTOR_TIMER 0xf0
#define APIC_VECTOR_SPURIOUS 0xff

/* Masks the legacy PIC, too. Panics when there is no APIC. */
void apic_init(void);
/* The timer's frequency, as it was found against the TSC. */
void apic_timer_init(uint64_t tsc_hz);
/* Tell it that the interrupt was taken; does nothing for a spurious one. */
void apic_eoi(unsigned vector);
uint64_t apic_paddr(void);

#endif
