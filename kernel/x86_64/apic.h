/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC: its timer, end of interrupt. x2APIC where the CPU has it (SDM 3A, chapter 10). */
#ifndef X86_64_APIC_H
#define X86_64_APIC_H

#include <stdbool.h>
#include <stdint.h>

#define APIC_VECTOR_TIMER 0xf0
#define APIC_VECTOR_POKE 0xf1
#define APIC_VECTOR_SPURIOUS 0xff

/* Masks the legacy PIC, too. Panics when there is no APIC. */
void apic_init(void);
/* Of a further core: what apic_init and apic_timer_init did for the first one. */
void apic_init_core(void);
/* It is one core's, not all cores'. */
bool apic_id_valid(uint64_t id);
/* Commands (SDM 3A, 8.4.4); with the latter the number of the page in the first MiB to start in. */
#define APIC_INIT 0x4500
#define APIC_STARTUP 0x4600
void apic_send(uint32_t id, uint32_t command);
/* An NMI to all but this one. */
void apic_stop_others(void);
/* Finds the timer's frequency against the TSC. */
void apic_timer_init(void);
/* Tell it that the interrupt was taken; does nothing for a spurious one. */
void apic_eoi(unsigned vector);
uint64_t apic_paddr(void);

#endif
