/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables that an IOMMU reads (Intel VT-d 4.1, 3.7 and 9.8). A device's address is the
 * machine's: so an entry only says whether a page is reached, and whether for writing too.
 *
 * Tables only grow: their pages are not given back. After a removal the caller invalidates what the
 * IOMMU remembers; only then is the page out of reach.
 */
#ifndef SERVICE_DEV_IOTABLE_H
#define SERVICE_DEV_IOTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IOTABLE_READ 1ul
#define IOTABLE_WRITE 2ul

/* The memory that tables are made of. */
struct iopages {
	void *(*get)(uint64_t *paddr); /* a zeroed page; NULL: out of memory */
	void *(*at)(uint64_t paddr);   /* where a page is that get gave */
	/* Makes the IOMMU see what was written there. */
	void (*written)(const volatile void *start, size_t len_bytes);
};

struct iotable {
	const struct iopages *pages;
	uint64_t root; /* physical */
	unsigned levels;
};

/* Make an empty table. COS_ENOMEM. */
long iotable_init(struct iotable *table, const struct iopages *pages, unsigned levels);
/*
 * Let the pages of [paddr, paddr + len) be reached with these rights. 1: an entry changed; 0: none
 * did; COS_EINVAL: an address is beyond what the table spans; COS_ENOMEM: some pages may have been
 * added.
 */
long iotable_add(struct iotable *table, uint64_t paddr, uint64_t len_bytes, uint64_t rights);
/* Let these pages be reached no more. Has an entry changed? */
bool iotable_remove(struct iotable *table, uint64_t paddr, uint64_t len_bytes);

#endif
