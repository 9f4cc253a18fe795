/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA remapping hardware: Intel VT-d 4.1, by its registers (chapter 11).
 *
 * Supported: legacy mode, which all units have; tables of 3 or 4 levels; caching mode; units that
 * do not look into caches; write buffers; faults by interrupt. All units share one root table and
 * all below it: each device has one of the units above it, and it does not matter which.
 *
 * Not supported: scalable mode, queued invalidation (a unit without invalidation registers is
 * refused), interrupt remapping, device TLBs (ATS), segments other than 0.
 *
 * States of a device, by its context entry (9.3):
 *	ABSENT		every access is refused and reported	vtd_start
 *	ATTACHED	it reaches what is in a table		vtd_attach
 *	DETACHED	every access is refused silently	vtd_detach
 * vtd_silence stops the reports of a device in any state.
 *
 * I1  A change of an entry that a unit may remember is followed by an invalidation, which is
 *     complete when the function returns.
 * I2  A unit that does not answer within a second is the end of dev (cos_panic): nothing could be
 *     said about what devices reach.
 *
 * Called with dev_lock held.
 */
#ifndef SERVICE_DEV_VTD_H
#define SERVICE_DEV_VTD_H

#include "iotable.h"

#define VTD_DOMAIN_FIRST 1 /* 0 is reserved in caching mode (6.1) */

struct vtd_fault {
	uint16_t bdf;
	bool write;
	uint8_t reason; /* 7.1.3 */
	uint64_t addr;
};

/*
 * Add a unit by its registers. COS_ENODEV: they cannot be mapped; COS_ENOSYS: it is not supported.
 */
long vtd_unit_add(uint64_t registers_paddr);
/* Do all units look into the processors' caches? If not, tables are written back to memory. */
bool vtd_is_coherent(void);
/* Levels of the tables that all units can read, 3 or 4; 0: they have none in common. */
unsigned vtd_levels(void);
/* Domain numbers are below this. */
unsigned vtd_domains(void);
/* When this returns, devices reach only what they are attached to, at first nothing. COS_ENOMEM. */
long vtd_start(const struct iopages *pages);

/* After vtd_start. COS_ENOMEM. */
long vtd_attach(uint16_t bdf, unsigned domain, const struct iotable *table);
void vtd_detach(uint16_t bdf);
/* Do not report faults of this device any more. */
void vtd_silence(uint16_t bdf);
/* Make the units forget a domain's table; accesses on their way through it have arrived. */
void vtd_invalidate(unsigned domain);

/* From now on faults interrupt that processor, with that vector. */
void vtd_fault_interrupt(uint8_t vector, uint8_t apic_id);
/* The next fault; false: there is none. *lost: there were more than the units could record. */
bool vtd_fault_take(struct vtd_fault *fault, bool *lost);

#endif
