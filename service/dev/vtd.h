/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA remapping hardware: Intel VT-d 4.1, by its registers (chapter 11) and in legacy mode, which
 * all of it has. All units share one root table and what hangs from it: a device has one of the
 * units above it, and it does not matter which.
 *
 * The states of a device, by its context entry (9.3): absent (whatever it does is refused), and
 * attached to a table. Every change of an entry that a unit may remember is followed by an
 * invalidation, which is over when the function returns; a unit that does not answer is the end of
 * dev.
 *
 * Called with dev's lock held.
 */
#ifndef SERVICE_DEV_VTD_H
#define SERVICE_DEV_VTD_H

#include "iotable.h"

#define VTD_DOMAIN_FIRST 1 /* 0 is the hardware's own (6.1, caching mode) */

struct vtd_fault {
	uint16_t bdf;
	bool write;
	uint8_t reason; /* 7.1.3 */
	uint64_t addr;
};

/* A unit by its registers. -COS_ENODEV: they cannot be mapped; -COS_ENOSYS: it lacks what is used
 * here. */
long vtd_unit_add(uint64_t registers_paddr);
/* Are all units such that tables have to be written back to memory? Known when all were added. */
bool vtd_is_coherent(void);
/* Of the tables that all units read, 3 or 4; 0: there is none. */
unsigned vtd_levels(void);
/* Domain numbers are below. */
unsigned vtd_domains(void);
/* From the return on devices reach what they were attached to, and nothing else. -COS_ENOMEM. */
long vtd_start(const struct iopages *pages);

/* After vtd_start. -COS_ENOMEM. */
long vtd_attach(uint16_t bdf, unsigned domain, const struct iotable *table);
void vtd_detach(uint16_t bdf);
/* It is not told any more what this device is refused. */
void vtd_silence(uint16_t bdf);
/* What the units remember of a domain's table is forgotten, and what is on its way by it has
 * arrived. */
void vtd_invalidate(unsigned domain);

/* Faults are interrupts with that vector for that processor from now on. */
void vtd_fault_interrupt(uint8_t vector, uint8_t apic_id);
/* The next one; false: there is none. *lost: there were more than could be noted. */
bool vtd_fault_take(struct vtd_fault *fault, bool *lost);

#endif
